import { raiseAlert } from '#db/alerts.ts'
import { recordAudit } from '#db/audit.ts'
import { inTransaction } from '#db/client.ts'
import { type AlarmEvent, alarmWords } from './alarm-words.ts'
import type { OrderDesk } from './order-desk.ts'

/** Something a person must hear of at once. */
export interface Alarm {
  readonly event: AlarmEvent
  readonly userId: string
  readonly accountId: string
  readonly positionId?: string
  readonly symbol?: string
  /** The order, position or symbol that it is about. */
  readonly target?: string
  /** One sentence: what was found, and what is done about it. */
  readonly text: string
  readonly details?: Readonly<Record<string, unknown>>
}

/**
 * Says an alarm in the log, writes it down in the audit log of the user it concerns, and alerts them; `desk.db` may be the
 * transaction of its cause, which then comes with it or not at all.
 */
export function raiseAlarm(desk: Pick<OrderDesk, 'db' | 'log'>, alarm: Alarm): Promise<void> {
  return say(desk, alarm, 'fatal')
}

/** The same for what the user should know, and nobody has to get up for. */
export function tellUser(desk: Pick<OrderDesk, 'db' | 'log'>, notice: Alarm): Promise<void> {
  return say(desk, notice, 'warn')
}

async function say(
  desk: Pick<OrderDesk, 'db' | 'log'>,
  { event, userId, accountId, positionId, symbol, target, text, details }: Alarm,
  level: 'fatal' | 'warn',
): Promise<void> {
  const { severity, title, advice } = alarmWords[event]
  const place = { ...(positionId !== undefined && { positionId }), ...(symbol !== undefined && { symbol }) }
  desk.log[level]({ event, accountId, target, ...place, ...details }, text)
  await inTransaction(desk.db, async (tx) => {
    await recordAudit(tx, {
      userId,
      actor: 'bullpen',
      action: event,
      ...(target !== undefined && { target }),
      details: { accountId, ...place, text, ...details },
    })
    await raiseAlert(tx, {
      kind: event,
      severity,
      userId,
      accountId,
      ...(positionId !== undefined && { positionId }),
      // Orders of one position are told of once; without one each target is.
      ...(positionId === undefined && target !== undefined && { subject: target }),
      title: symbol === undefined ? title : `${title}: ${symbol}`,
      text: asSentence(text),
      advice,
      facts: factsOf({ symbol, ...details }),
    })
  })
}

/** With a capital and a full stop, as texts in a mail begin and end. */
function asSentence(text: string): string {
  const whole = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.!?]$/.test(whole) ? whole : `${whole}.`
}

function factsOf(details: Readonly<Record<string, unknown>>): Record<string, string | number> {
  const plain = Object.entries(details).filter(
    (entry): entry is [string, string | number] =>
      typeof entry[1] === 'string' || typeof entry[1] === 'number',
  )
  return Object.fromEntries(plain)
}
