import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { stopSignal } from '../supervisor/stop-signal.ts'
import { withDatabase } from './with-database.ts'

/** From this growth on something is kept that should not be, in MB per hour. */
const goalMbPerHour = 1

/** `bullpen soak`: whether processes grow, by their own heartbeats. */
export function soak(program: Command): void {
  program
    .command('soak')
    .description('follow the memory of all processes at work and say how fast each grows; it changes nothing')
    .option('--minutes <number>', 'for how long', wholeMinutes, 60)
    .option('--html <file>', 'a page with the memory of each over time')
    .option('--json', 'for machines: {minutes, goal, processes: [{id, name, slope, points}]}')
    .action(async ({ minutes, html, json }: { minutes: number; html?: string; json?: boolean }) => {
      const { soak: follow } = await import('../maintenance/soak/watch.ts')
      const { slopeText, soakPage } = await import('../maintenance/soak/page.ts')
      const soaked = await withDatabase('soak', 'bullpen_worker', (db) =>
        follow(db, {
          minutes,
          signal: stopSignal(),
          onMinute: (minute) => process.stderr.write(`\r${minute} of ${minutes} min `),
        }),
      )
      process.stderr.write('\n')
      if (html !== undefined) writeFileSync(resolve(html), soakPage(soaked, minutes))
      if (json) console.log(JSON.stringify({ minutes, goal: goalMbPerHour, processes: soaked }))
      else for (const one of soaked) console.log(`${one.name.padEnd(40)} ${slopeText(one)}`)
    })
}

function wholeMinutes(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError('it is a whole number of minutes')
  return Number(text)
}
