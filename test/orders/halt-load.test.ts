import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { ensureSymbolHalt, type HaltPlace, type HaltScope, setHalt } from '#db/halts.ts'
import { orderOrThrow } from '#db/orders.ts'
import { claimOrder } from '#src/orders/claim.ts'
import { testDatabase } from '#test/support/database.ts'
import { keys } from '#test/support/floor.ts'
import { addTenant } from '#test/support/tenant.ts'

const database = await testDatabase()
const db = database.db()
const context = { actor: 'claimer', marketNowMs: Date.now(), monitorShards: 4, keys }
const claimers = 16
const halts = Number(process.env.BULLPEN_TEST_HALTS ?? 200)
const tenants = await Promise.all(
  Array.from({ length: 4 }, (_, index) => addTenant(database, { name: `trader-${index}` })),
)

/** Planned entries of every tenant, each on a position of its own; many share four pairs' bases by turns. */
async function plan(count: number): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    `with numbered as (
       select n, gen_random_uuid() as id, t.user_id, t.account_id,
         (array['BTC', 'ETH', 'SOL', 'XRP'])[1 + n % 4] || '/USDT:' || replace(gen_random_uuid()::text, '-', '') as symbol
       from generate_series(1, $1::int) n join unnest($2::uuid[], $3::uuid[]) with ordinality as t (user_id, account_id, i)
         on t.i = 1 + (n / 4) % 4),
     placed as (
       insert into positions (id, user_id, account_id, source, symbol, side, state)
       select id, user_id, account_id, 'test', symbol, 'long', 'opening' from numbered)
     insert into orders (user_id, account_id, position_id, exchange, symbol, side, purpose, type, quantity, reference_price,
       is_reduce_only, client_order_id)
     select user_id, account_id, id, 'binance', symbol, 'buy', 'entry', 'market', 1, 1, false, replace(id::text, '-', '')
     from numbered returning id`,
    [count, tenants.map(({ userId }) => userId), tenants.map(({ accountId }) => accountId)],
  )
  return rows.map(({ id }) => id)
}

/** Entries in a place that were claimed after a moment of the database's clock. */
async function claimedAfter(place: HaltPlace, moment: string): Promise<number> {
  const [row] = await database.query<{ claimed: number }>(
    `select count(*)::int as claimed from orders where sent_at > $1::timestamptz and case $2
       when 'global' then true when 'exchange' then exchange = $3 when 'user' then user_id::text = $3
       when 'account' then account_id::text = $3 else split_part(symbol, ':', 1) = $3 end`,
    [moment, place.scope, place.key],
  )
  return row?.claimed ?? -1
}

function placeOf(index: number): HaltPlace {
  const scopes: HaltScope[] = ['global', 'exchange', 'user', 'account', 'symbol']
  const scope = scopes[index % scopes.length] ?? 'global'
  const tenant = tenants[index % tenants.length]
  const pairs = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT', 'XRP/USDT']
  const keys: Record<HaltScope, string> = {
    global: '*',
    exchange: 'binance',
    user: tenant?.userId ?? '',
    account: tenant?.accountId ?? '',
    symbol: pairs[index % pairs.length] ?? '',
  }
  return { scope, key: keys[scope] }
}

test(`${halts} halts of every scope among ${claimers} claimers: after one has returned, no entry is claimed`, async () => {
  await Promise.all(['BTC', 'ETH', 'SOL', 'XRP'].map((base) => ensureSymbolHalt(db, `${base}/USDT`)))
  let waiting: string[] = []
  let isOver = false
  const counts = { claimed: 0, abandoned: 0, taken: 0, waiting: 0 }
  const claiming = Array.from({ length: claimers }, async () => {
    while (!isOver) {
      const id = waiting.pop()
      if (id === undefined) await sleep(1)
      else counts[(await claimOrder(db, await orderOrThrow(db, id), context)).kind] += 1
    }
  })
  let late = 0
  for (let index = 0; index < halts; index += 1) {
    if (waiting.length < 50) waiting = [...waiting, ...(await plan(200))]
    const place = placeOf(index)
    const by = { reason: null, setBy: 'test' }
    await setHalt(db, { ...place, ...by, mode: index % 2 ? 'flatten' : 'no_entries' })
    const [returned] = await database.query<{ at: string }>('select clock_timestamp()::text as at')
    await sleep(3)
    late += await claimedAfter(place, returned?.at ?? '')
    await setHalt(db, { ...place, ...by, mode: 'none' })
    await sleep(2)
  }
  isOver = true
  await Promise.all(claiming)
  expect(late).toBe(0)
  // It proves something only when claimers were at it, on both sides of the halts.
  expect(counts.claimed).toBeGreaterThan(halts)
  expect(counts.abandoned).toBeGreaterThan(halts / 10)
  console.log(`${halts} halts, ${counts.claimed} claimed, ${counts.abandoned} abandoned, ${late} late`)
}, 120_000)
