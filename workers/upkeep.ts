import type { Db } from '#db/client.ts'
import { takeTurn } from '#db/turn.ts'
import type { Logger } from '#src/log.ts'
import { startRounds } from './rounds.ts'

const everyMs = 2_000
/** A position without its stop waits for this. */
const urgentEveryMs = 1_000

/** The advisory lock of whoever keeps the schedules this round; the number says BULP. */
const scheduleLock = 0x42554c50

/** What every worker does beside its jobs, so that a lost queue is whole again within seconds. */
export interface Upkeep {
  /** Upserts the schedulers; one process of the cluster at a time. */
  keepSchedules(): Promise<void>
  /** Counts the ticks of the monitor that nobody kept; one process of the cluster at a time. */
  countMissedTicks(): Promise<void>
  /** Wakes the orders that have no live job; safe in many processes at once. */
  wakeOrders(): Promise<void>
  /** Closes what stands without its stop for too long; safe in many processes at once. */
  closeUnprotected(): Promise<void>
}

/**
 * Keeps the schedules now and every 2 s, and every second wakes orders and closes what is unprotected, none of them waiting
 * for another, until stopped; what fails is said and the next round tries again.
 */
export function startUpkeep(db: Db, upkeep: Upkeep, log: Logger): { stop(): Promise<void> } {
  const attempt = (what: string, work: () => Promise<unknown>, isStopped: () => boolean) =>
    work().catch((error) => {
      if (!isStopped()) log.warn({ err: error }, `${what} could not be kept`)
    })
  const schedules = startRounds(everyMs, async (isStopped) => {
    const keepTogether = () =>
      db.transaction().execute(async (tx) => {
        if (!(await takeTurn(tx, scheduleLock))) return
        await attempt('the count of missed ticks', upkeep.countMissedTicks, isStopped)
        await upkeep.keepSchedules()
      })
    await attempt('schedules', keepTogether, isStopped)
  })
  const wakes = startRounds(urgentEveryMs, async (isStopped) => {
    await attempt('wakes', upkeep.wakeOrders, isStopped)
  })
  const protection = startRounds(urgentEveryMs, async (isStopped) => {
    await attempt('protection', upkeep.closeUnprotected, isStopped)
  })
  return {
    async stop() {
      await Promise.all([schedules.stop(), wakes.stop(), protection.stop()])
    },
  }
}
