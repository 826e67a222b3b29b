import type { TestDatabase } from './database.ts'

/** Ids of a user and an account of theirs. */
export interface TestTenant {
  readonly userId: string
  readonly accountId: string
}

/** A user with one paper account, straight in the database. */
export async function addTenant(
  database: TestDatabase,
  options: { readonly name?: string; readonly market?: 'spot' | 'futures'; readonly exchange?: string } = {},
): Promise<TestTenant> {
  const { name = 'alice', market = 'spot', exchange = 'binance' } = options
  const [user] = await database.query<{ id: string }>(
    `insert into auth."user" (name, email, "emailVerified") values ($1, $1 || '@example.test', true) returning id`,
    [name],
  )
  const [account] = await database.query<{ id: string }>(
    `insert into accounts (user_id, name, exchange, market, mode, quote)
     values ($1, 'main', $2, $3, 'paper', 'USDT') returning id`,
    [user?.id, exchange, market],
  )
  if (!user || !account) throw new Error('no tenant was made')
  return { userId: user.id, accountId: account.id }
}
