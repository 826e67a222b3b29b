import { createHash } from 'node:crypto'
import pg from 'pg'
import { ringOf } from '../vault/key-ring.ts'
import { sealKey } from '../vault/seal.ts'

/** What the keys of the bench are sealed under; they open nothing but the bench's own simulator. */
export const benchRing = ringOf({
  secretKey: 'the bench seals its own keys under this text',
  secretKeyPrevious: [],
})

/** The key of the account with this index, and what it owns: by that its answers are told apart. */
export function keyOf(index: number): {
  readonly apiKey: string
  readonly secret: string
  readonly usdt: string
} {
  const text = (name: string) => createHash('sha256').update(`${name} ${index}`).digest('hex')
  return { apiKey: text('key'), secret: text('secret'), usdt: String(10_000 + index) }
}

/** Users with one paper account each on Binance spot, its key sealed. Returns the ids of the accounts. */
export async function seedAccounts(url: string, count: number): Promise<string[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ id: string; user_id: string }>(
      `with users as (
         insert into auth."user" (name, email, "emailVerified")
         select 'bench', 'key-' || i || '@example.test', true from generate_series(1, $1::int) as i returning id)
       insert into accounts (user_id, name, exchange, market, mode, quote)
       select id, 'bench', 'binance', 'spot', 'paper', 'USDT' from users returning id, user_id`,
      [count],
    )
    for (const [i, { id: accountId, user_id: userId }] of rows.entries()) {
      const { apiKey, secret } = keyOf(i)
      const sealed = sealKey(benchRing, { userId, accountId }, { apiKey, secret })
      await client.query(
        `insert into api_keys (account_id, user_id, exchange, fingerprint, sealed) values ($1, $2, 'binance', $1::uuid::text, $3)`,
        [accountId, userId, sealed],
      )
    }
    return rows.map(({ id }) => id)
  } finally {
    await client.end()
  }
}
