import { orderRateOf } from '#src/exchange/venue-cards.ts'

/** What a lane may send in the whole cluster: `max` orders per `durationMs`. */
export interface LaneBudget {
  readonly max: number
  readonly durationMs: number
}

const slicesPerSecond = 10
const exitsShare = 0.6

/**
 * The budget of `orders-<exchange>` or `exits-<exchange>`: three fifths are the exits', since every entry wants a stop, and
 * what closes it must not wait for others' stops. It is cut in tenths of a second, because a window of a whole one lets
 * nearly twice its number out within some second. Undefined for other queues.
 */
export function budgetOf(queueName: string): LaneBudget | undefined {
  const [lane, exchange = ''] = queueName.split('-')
  if (lane !== 'orders' && lane !== 'exits') return undefined
  const share = lane === 'exits' ? exitsShare : 1 - exitsShare
  return {
    max: Math.max(1, Math.floor((orderRateOf(exchange) * share) / slicesPerSecond)),
    durationMs: 1_000 / slicesPerSecond,
  }
}
