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
export function raiseAlarm(desk: Pick<OrderDesk, 'db' | 'log'>, alarm: Alarm): Promise<void> {
  return say(desk, alarm, 'fatal')
}

/** The same for what the user should know, and nobody has to get up for. */
export function tellUser(desk: Pick<OrderDesk, 'db' | 'log'>, notice: Alarm): Promise<void> {
  return say(desk, notice, 'warn')
}

async function say(
  desk: Pick<OrderDesk, 'db' | 'log'>,
  { event, userId, accountId, target, text, details }: Alarm,
  level: 'fatal' | 'warn',
): Promise<void> {
  desk.log[level]({ event, accountId, target, ...details }, text)
  await recordAudit(desk.db, {
    userId,
    actor: 'bullpen',
    action: event,
    ...(target !== undefined && { target }),
    details: { accountId, text, ...details },
  })
}
