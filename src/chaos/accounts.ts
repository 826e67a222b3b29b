import { randomBytes, randomUUID } from 'node:crypto'
import type { Account } from '#db/accounts.ts'
import { type ConnectParts, connectAccount } from '../accounts/connect.ts'
import type { Exchange } from '../domain/market.ts'
import { unsupported } from '../domain/venues.ts'
import type { Journal } from './journal.ts'

/** An account of the harness, and by which handler its orders are sent. */
export interface ChaosAccount {
  readonly account: Account
  readonly handler: 'bullpen' | 'naive'
}

/** What is wanted of an account. */
export interface AccountWish {
  readonly handler: ChaosAccount['handler']
  readonly exchange: Exchange
  readonly market: 'spot' | 'futures'
  readonly balances: Readonly<Record<string, string>>
}

/** The markets of a venue that this build trades on, futures among them where there are any. */
export function marketsOf(exchange: Exchange): readonly AccountWish['market'][] {
  return (['spot', 'futures'] as const).filter((market) => unsupported({ exchange, market }) === undefined)
}

/** Makes a user with an account at the simulator, connected as any other, and notes its key for the checker. */
export async function openAccount(
  parts: ConnectParts,
  journal: Journal,
  venueUrl: string,
  { handler, exchange, market, balances }: AccountWish,
): Promise<ChaosAccount> {
  const userId = randomUUID()
  await journal.query(
    `insert into auth."user" (id, name, email, "emailVerified") values ($1, $2, $3, true)`,
    [userId, handler, `${userId}@chaos.test`],
  )
  const key = { apiKey: `chaos-${userId}`, secret: randomBytes(32).toString('hex') }
  const response = await fetch(new URL('/__sim/accounts', venueUrl), {
    method: 'POST',
    body: JSON.stringify({ venue: exchange, market, ...key, balances }),
  })
  if (!response.ok) throw new Error(`the simulator refused an account: ${await response.text()}`)
  const wanted = { userId, name: handler, exchange, market, mode: 'paper', quote: 'USDT' } as const
  const account = await connectAccount(parts, wanted, key)
  // Faults are what this is about: automatic halts, which count from a halt's last change on, have nothing to count.
  await journal.query(
    `update halts set set_at = now() + interval '10 years', set_by = 'chaos' where set_by is null`,
  )
  await journal.query('insert into chaos.accounts values ($1, $2, $3, $4)', [
    account.id,
    key.apiKey,
    handler,
    market,
  ])
  return { account, handler }
}
