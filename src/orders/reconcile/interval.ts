import type { Account } from '#db/accounts.ts'
import { cardOf } from '../../exchange/venue-cards.ts'

/** An account is never reconciled by a timer more often than this. */
const leastEveryMs = 60_000
/** An account whose stream is whole is told of what happens, and compared for what nobody tells. */
const heardEveryMs = 5 * 60_000
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

/**
 * The same for an account among all that share its venue's address. Those of which everything is heard are compared no
 * more often than every 5 min, and where there are others too, each kind has half of the part.
 */
export function intervalOf(
  account: Pick<Account, 'id' | 'exchange' | 'market' | 'mode'>,
  all: readonly Pick<Account, 'id' | 'exchange' | 'market' | 'mode'>[],
  heard: ReadonlySet<string>,
): number {
  const neighbours = all.filter(
    ({ exchange, market, mode }) =>
      exchange === account.exchange && market === account.market && mode === account.mode,
  )
  const isHeard = heard.has(account.id)
  const alike = neighbours.filter(({ id }) => heard.has(id) === isHeard).length
  const weightPerMinute = cardOf(account)?.weightPerMinute ?? Number.POSITIVE_INFINITY
  const everyMs = reconcileEveryMs(alike, alike === neighbours.length ? weightPerMinute : weightPerMinute / 2)
  return isHeard ? Math.max(heardEveryMs, everyMs) : everyMs
}
