import { hostname } from 'node:os'
import { raiseAlert } from '#db/alerts.ts'
import type { Db } from '#db/client.ts'
import { clockSkew } from '#db/clock.ts'
import type { Logger } from '#src/log.ts'

const everyMs = 15_000
const allowedMs = 2_000

/** Whether this process's clock may be trusted with the queue's locks. */
export interface ClockWatch {
  /** Whether it is more than 2 s away from the database's. */
  isAway(): boolean
  stop(): void
}

/**
 * Compares the clock with the database's now and every 15 s: BullMQ judges locks by each worker's own clock, so that one
 * that is ahead would run the jobs of others. `onChange` hears when it leaves and when it comes back; while the database
 * does not answer, the last verdict stands.
 */
export async function watchClock(
  db: Db,
  log: Logger,
  onChange: (isAway: boolean) => void,
  { wallNow = Date.now, lookEveryMs = everyMs }: { wallNow?: () => number; lookEveryMs?: number } = {},
): Promise<ClockWatch> {
  let isAway = false
  const look = async () => {
    const { aheadMs, uncertainMs } = await clockSkew(db, wallNow)
    const isAwayNow = Math.abs(aheadMs) - uncertainMs > allowedMs
    if (isAwayNow === isAway) return
    isAway = isAwayNow
    const fields = { event: isAway ? 'clock-away' : 'clock-back', aheadMs: Math.round(aheadMs) }
    if (isAway)
      log.fatal(
        fields,
        'this clock is more than 2 s away from the database’s: no job is taken until it is set right',
      )
    else log.warn(fields, 'this clock agrees with the database’s again: jobs are taken')
    onChange(isAway)
    if (isAway)
      await raiseAlert(db, {
        kind: 'clock-away',
        severity: 'critical',
        userId: null,
        subject: hostname(),
        title: `The clock of ${hostname()} is wrong`,
        text: `It is ${(fields.aheadMs / 1_000).toFixed(1)} s ahead of the database’s. Workers there take no jobs until it is set right.`,
        advice: 'Set it by NTP (timedatectl set-ntp true), on the database’s machine too.',
      })
  }
  const ask = () => look().catch((error) => log.warn({ err: error }, 'the clocks could not be compared'))
  await ask()
  const timer = setInterval(ask, lookEveryMs)
  return { isAway: () => isAway, stop: () => clearInterval(timer) }
}
