import { Decimal, sum } from '../domain/decimal.ts'
import type { Journal } from './journal.ts'
import type { CheckedAccount } from './journal-orders.ts'

/**
 * Coins of the user's own that are not there any more, one line each: what was deposited during the run and never sold by
 * hand must be at the venue beside what Bullpen's positions hold.
 */
export async function ownCoinsTouched({ query }: Journal, account: CheckedAccount): Promise<string[]> {
  const { account_id: accountId, books } = account
  if (books.market !== 'spot') return []
  const lines: string[] = []
  const deposits = books.transfers.filter(({ reason }) => reason === 'deposit')
  for (const [asset, own] of Map.groupBy(deposits, (transfer) => transfer.asset)) {
    const deposited = sum(own.map(({ amount }) => amount))
    const [held] = await query<{ open: string }>(
      `select coalesce(sum(qty_open), 0)::text as open from positions where account_id = $1 and symbol = $2`,
      [accountId, `${asset}/USDT`],
    )
    const { free = '0', locked = '0' } = books.balances[asset] ?? {}
    const there = new Decimal(free).plus(locked)
    const expected = new Decimal(deposited).plus(held?.open ?? '0')
    if (there.lt(expected))
      lines.push(`${there} ${asset} on account ${accountId}, of which ${expected} should be there`)
  }
  return lines
}
