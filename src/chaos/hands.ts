import type { Account } from '#db/accounts.ts'
import { Decimal } from '../domain/decimal.ts'
import { minimumQuantity, roundQuantity } from '../domain/market-filters.ts'
import { reconcileAccount } from '../queue/contracts.ts'
import type { Act } from '../simulator/hands/act.ts'
import { newClientOrderId } from '../vault/client-order-id.ts'
import { marketOf } from './market.ts'
import type { PeopleParts } from './people.ts'
import { oneOf } from './random.ts'

type Gesture = Act extends infer One ? (One extends unknown ? Omit<One, 'apiKey'> : never) : never

/** The last of the symbols is deposited and never sold by hand: what is there of it beside our positions is the user's own. */
const depositsOn = 1

/**
 * Does something in the venue's own app: closes or halves what Bullpen holds, takes its stop away, deposits coins, or
 * leaves an order there with Bullpen's tag that no journal knows, as a restored database would find it. The account is
 * compared soon after, as the venue's stream would ask for.
 */
export async function useHands(parts: PeopleParts): Promise<void> {
  const { journal, venueUrl, enqueue, next, tally } = parts
  const account = oneOf(next, parts.accounts)
  const [row] = await journal.query<{ api_key: string }>(
    'select api_key from chaos.accounts where account_id = $1',
    [account.id],
  )
  const gesture = await draw(parts, account)
  const response = await fetch(new URL('/__sim/hands', venueUrl), {
    method: 'POST',
    body: JSON.stringify({ apiKey: row?.api_key, ...gesture }),
  })
  // Where nothing is held there is nothing to sell; the venue says so, and nothing has happened.
  tally.add('people', response.ok ? `by hand: ${gesture.do}` : 'by hand: refused')
  if (!response.ok) return
  await journal.query('update chaos.accounts set touched_at = clock_timestamp() where account_id = $1', [
    account.id,
  ])
  await enqueue(
    reconcileAccount,
    { accountId: account.id },
    { jobId: `reconcile-${account.id}-${Date.now()}` },
  )
}

async function draw(parts: PeopleParts, account: Account): Promise<Gesture> {
  const { bases, next } = parts
  const sold = bases.slice(0, -depositsOn)
  const symbol = `${oneOf(next, sold)}/USDT`
  const isSpot = account.market === 'spot'
  switch (oneOf(next, ['half', 'half', 'close', 'own', 'ours'] as const)) {
    case 'half':
      return { do: 'sell-half', symbol: await heldOr(parts, account, symbol) }
    case 'close':
      return { do: 'close-position', symbol: await heldOr(parts, account, symbol) }
    case 'own':
      return isSpot
        ? { do: 'deposit', asset: bases.at(-1) ?? '', amount: '3' }
        : { do: 'cancel-stops', symbol: await heldOr(parts, account, symbol) }
    case 'ours':
      return bought(parts, account, symbol)
  }
}

/** A symbol where the account holds something that may be sold by hand, if there is one. */
async function heldOr(
  { journal, bases, next }: PeopleParts,
  account: Account,
  symbol: string,
): Promise<string> {
  const rows = await journal.query<{ symbol: string }>(
    `select split_part(symbol, ':', 1) as symbol from positions
     where account_id = $1 and state in ('open', 'closing') and qty_open > 0 order by id`,
    [account.id],
  )
  const kept = bases.slice(-depositsOn).map((base) => `${base}/USDT`)
  const held = rows.map((row) => row.symbol).filter((one) => !kept.includes(one))
  return held.length > 0 ? oneOf(next, held) : symbol
}

async function bought({ feedOf, keys }: PeopleParts, account: Account, symbol: string): Promise<Gesture> {
  const own = account.market === 'spot' ? symbol : `${symbol}:USDT`
  const { filters, price } = await marketOf(feedOf(account), own)
  const least = new Decimal(minimumQuantity(price, filters))
  const quantity = roundQuantity(least.times(4), filters)
  return { do: 'buy', symbol, quantity, clientOrderId: newClientOrderId(keys, account.id) }
}
