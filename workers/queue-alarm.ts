import { raiseAlert } from '#db/alerts.ts'
import type { Db } from '#db/client.ts'
import type { Logger } from '#src/log.ts'

/** A queue that is back by then was restarted: nobody has to get up for that. */
const patienceMs = 30_000

/** Tells the operator of a queue that stays lost, in the database: the workers that send alerts read it there. */
export function queueAlarm(db: Db, log: Logger, afterMs = patienceMs): { lost(): void; back(): void } {
  let timer: NodeJS.Timeout | undefined
  const tell = () =>
    raiseAlert(db, {
      kind: 'queue-lost',
      severity: 'critical',
      userId: null,
      title: 'The queue does not answer',
      text: `Redis, or the database that holds the queue, has not answered for ${afterMs / 1_000} s. Positions are watched and closed without it; no signals are fetched and no entries are decided.`,
      advice:
        'Look at REDIS_URL and at the server behind it. Nothing is lost: what was planned is in the database.',
    }).catch((error) => log.warn({ err: error }, 'the lost queue could not be told of'))
  return {
    lost() {
      timer ??= setTimeout(tell, afterMs)
    },
    back() {
      clearTimeout(timer)
      timer = undefined
    },
  }
}
