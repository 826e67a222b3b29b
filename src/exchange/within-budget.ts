import { setTimeout as sleep } from 'node:timers/promises'
import { VenueUnavailable } from '../errors.ts'
import type { Connection } from './connection.ts'
import type { CallKind } from './rate-limit.ts'
import type { Ask, VenueBudgets } from './venue-budgets.ts'

/** A question waits at most so long for its part of a budget; an order has no time, and is planned again. */
const longestWaitMs = 2_000

/** Questions whose answers say whether something protects. */
const alwaysUrgent: readonly CallKind[] = ['cancel', 'find', 'fills']

/**
 * The connection of one account that asks no more than the venue lets it: what is beyond an account's own limit waits with
 * that account alone, and what is beyond the address's leaves the last part of it to exits, stops and cancels.
 */
export function withinBudget(
  connection: Connection,
  budgets: VenueBudgets,
  { place, accountId }: Pick<Ask, 'place' | 'accountId'>,
): Connection {
  const { card, market } = connection
  return {
    ...connection,
    async call(client, options, ask) {
      const { kind, isUrgent = alwaysUrgent.includes(kind) } = options
      let waitedMs = 0
      for (;;) {
        const shortage = await budgets.take(market.limits, { place, accountId, kind, isUrgent })
        if (shortage === undefined) return connection.call(client, options, ask)
        const { limit, forMs } = shortage
        if (kind === 'place' || waitedMs + forMs > longestWaitMs)
          throw new VenueUnavailable(
            `${options.asked} waits: ${limit.name} of ${card.exchange} ${limit.whose === 'ip' ? 'for this address' : 'for this account'} is spent for ${forMs} ms`,
            { code: 'rate-limited', whose: limit.whose, retryAfterMs: forMs },
          )
        waitedMs += forMs
        await sleep(forMs)
      }
    },
  }
}
