/** What a lane may send in the whole cluster: `max` orders per `durationMs`. */
export interface LaneBudget {
  readonly max: number
  readonly durationMs: number
}

/**
 * Order requests a second that a venue takes from one address. Binance: 6,000 weight a minute, one an order. A venue that is
 * not here has none.
 */
const requestsPerSecond: Readonly<Record<string, number>> = { binance: 100 }

const slicesPerSecond = 10

/**
 * The budget of `orders-<exchange>` or `exits-<exchange>`: three fifths are the exits', since every
 * entry wants a stop, and what closes it must not wait for others' stops. It is cut in tenths of a
 * second, because a window of a whole one lets nearly twice its number out within some second.
 */
export function budgetOf(queueName: string): LaneBudget | undefined {
  const [lane, exchange = ''] = queueName.split('-')
  const total = requestsPerSecond[exchange]
  if (total === undefined || (lane !== 'orders' && lane !== 'exits')) return undefined
  const share = lane === 'exits' ? 0.6 : 0.4
  return {
    max: Math.max(1, Math.floor((total * share) / slicesPerSecond)),
    durationMs: 1_000 / slicesPerSecond,
  }
}
