import type { Account } from '#db/accounts.ts'
import { cardOf } from '../../exchange/venue-cards.ts'

/** An account is never reconciled by a timer more often than this. */
const leastEveryMs = 60_000
/** The part of a venue's weight that reconciling may take. */
const share = 0.2
/** What one account's reconciliation weighs: balances and positions twice, open orders of all symbols, three symbols. */
const weightOfOne = 260

/**
 * How often each account of one venue's market is reconciled, in ms, so that all of them together stay within a fifth of
 * the weight that the venue gives one address.
 */
export function reconcileEveryMs(accounts: number, weightPerMinute: number): number {
  const perMinute = (weightPerMinute * share) / weightOfOne
  return Math.max(leastEveryMs, Math.ceil(accounts / perMinute) * 60_000)
}

/** The same for an account among all that share its venue's address. */
export function intervalOf(
  account: Pick<Account, 'exchange' | 'market' | 'mode'>,
  all: readonly Pick<Account, 'exchange' | 'market' | 'mode'>[],
): number {
  const neighbours = all.filter(
    ({ exchange, market, mode }) =>
      exchange === account.exchange && market === account.market && mode === account.mode,
  )
  return reconcileEveryMs(neighbours.length, cardOf(account)?.weightPerMinute ?? Number.POSITIVE_INFINITY)
}
