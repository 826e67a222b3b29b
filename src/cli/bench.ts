import { writeFileSync } from 'node:fs'
import { type Command, InvalidArgumentError } from 'commander'
import type { Row } from '../bench/row.ts'
import { UserError } from '../errors.ts'
import { stopSignal } from '../supervisor/stop-signal.ts'

interface Options {
  readonly json?: string
  readonly only?: readonly string[]
  readonly rounds: number
  readonly long?: boolean
}

/** `bullpen bench`: our code beside the least that any program doing the same work would have to do. */
export function bench(program: Command): void {
  program
    .command('bench')
    .description('measure Bullpen beside bare programs that do the same work, in turn')
    .option('--json <file>', 'write {rows: [{id, metric, floor, ours, ratio, goal, spread, pass}]} there')
    .option('--only <goals>', 'the goals to measure, for instance 1,2,simulator', (text) => text.split(','))
    .option('--rounds <number>', 'rounds of each, of which the first is dropped', wholeFromTwo, 5)
    .option('--long', '100,000 open positions instead of 10,000')
    .addHelpText(
      'after',
      '\nThe exit code is 0 when everything was measured, whether or not the goals are met; 1 when something could not be measured.',
    )
    .action(run)
}

async function run({ json, only, rounds, long = false }: Options): Promise<void> {
  const { contests } = await import('../bench/contests.ts')
  const { runContests } = await import('../bench/run.ts')
  const { tableOf } = await import('../bench/table.ts')
  const all = contests({ isLong: long })
  const goals = new Set(all.map(({ goal }) => goal))
  const unknown = only?.filter((goal) => !goals.has(goal)) ?? []
  if (unknown.length > 0)
    throw new UserError(`--only ${unknown.join(',')}: there are only ${[...goals].join(', ')}`)
  const chosen = only ? all.filter(({ goal }) => only.includes(goal)) : all
  const signal = stopSignal()
  const say = (text: string) => void process.stderr.write(text)
  const found = await runContests(chosen, { rounds, say, signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error
    say('\nstopped\n')
    process.exit(130)
  })
  console.log(tableOf(found.rows))
  if (json !== undefined) write(json, found.rows)
  process.exit(found.broken > 0 ? 1 : 0)
}

function wholeFromTwo(text: string): number {
  if (!/^\d{1,3}$/.test(text) || Number(text) < 2)
    throw new InvalidArgumentError('it must be a whole number from 2 to 999.')
  return Number(text)
}

function write(file: string, rows: readonly Row[]): void {
  try {
    writeFileSync(file, `${JSON.stringify({ rows }, undefined, 2)}\n`)
  } catch (error) {
    throw new UserError(`--json ${file} cannot be written: ${(error as Error).message}`, { cause: error })
  }
}
