import { recordAudit } from '#db/audit.ts'
import type { OrderDesk } from './order-desk.ts'

/** Something a person must hear of at once. */
export interface Alarm {
  /** A stable name, such as `late-truth`: the log's event and the audit log's action. */
  readonly event: string
  readonly userId: string
  readonly accountId: string
  /** The order, position or symbol that it is about. */
  readonly target?: string
  /** One sentence: what was found, and what is done about it. */
  readonly text: string
  readonly details?: object
}

/** Says an alarm in the log and writes it down in the audit log of the user it concerns. */
export async function raiseAlarm(desk: Pick<OrderDesk, 'db' | 'log'>, alarm: Alarm): Promise<void> {
  const { event, userId, accountId, target, text, details } = alarm
  desk.log.fatal({ event, accountId, target, ...details }, text)
  await recordAudit(desk.db, {
    userId,
    actor: 'bullpen',
    action: event,
    ...(target !== undefined && { target }),
    details: { accountId, text, ...details },
  })
}
