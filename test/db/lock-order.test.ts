import { sql } from 'kysely'
import { beforeEach, expect, test } from 'vitest'
import { takeFollowUps } from '#db/follow-ups.ts'
import { saveEvaluations } from '#db/monitored-positions.ts'
import { countWakes } from '#db/order-wakes.ts'
import { lockOrder } from '#db/orders.ts'
import { lockPosition } from '#db/positions.ts'
import { takeWaiting } from '#db/waiting-orders.ts'
import { testDatabase } from '#test/support/database.ts'
import { addTenant } from '#test/support/tenant.ts'

const database = await testDatabase()
const db = database.db()
const { userId, accountId } = await addTenant(database)

/** A position with two planned orders. */
async function twoOrders(): Promise<{ positionId: string; orderIds: string[] }> {
  const [position] = await database.query<{ id: string }>(
    `insert into positions (user_id, account_id, source, symbol, side, state)
     values ($1, $2, 'test', 'BTC/USDT:' || gen_random_uuid(), 'long', 'opening') returning id`,
    [userId, accountId],
  )
  const orders = await database.query<{ id: string }>(
    `insert into orders (user_id, account_id, position_id, exchange, symbol, side, purpose, type, quantity, reference_price,
       is_reduce_only, client_order_id)
     select $1, $2, $3, 'binance', 'BTC/USDT', 'buy', 'entry', 'market', 1, 1, false, replace(gen_random_uuid()::text, '-', '')
     from generate_series(1, 2) returning id`,
    [userId, accountId, position?.id],
  )
  return { positionId: position?.id ?? '', orderIds: orders.map(({ id }) => id) }
}

let one: Awaited<ReturnType<typeof twoOrders>>
beforeEach(async () => {
  await database.query(`update orders set state = 'abandoned', ended_at = now() where state = 'planned'`)
  one = await twoOrders()
})

/** Resolves when somebody waits for a lock, or the work is over. */
async function untilWaitingOr(work: Promise<unknown>): Promise<void> {
  let isOver = false
  void work.finally(() => {
    isOver = true
  })
  for (;;) {
    const waiting = await database.query(`select from pg_locks where not granted`)
    if (waiting.length > 0 || isOver) return
  }
}

const wakings: readonly [what: string, wake: () => Promise<unknown>][] = [
  ['counting wakes', () => countWakes(db, one.orderIds)],
  ['counting wakes the other way round', () => countWakes(db, one.orderIds.toReversed())],
  ['taking follow-ups', () => takeFollowUps(db, one.positionId)],
  ['taking what waited for its account', () => takeWaiting(db, accountId)],
]

test.each(wakings.flatMap(([what, wake]) => [0, 1].map((first) => [what, first, wake] as const)))(
  '%s and locking the orders of a position, number %i first, do not wait for each other',
  async (_, first, wake) => {
    const { positionId, orderIds } = one
    let waking: Promise<unknown> = Promise.resolve()
    await db.transaction().execute(async (tx) => {
      await lockPosition(tx, positionId)
      await lockOrder(tx, orderIds[first] ?? '')
      waking = wake()
      waking.catch(() => {})
      await untilWaitingOr(waking)
      await lockOrder(tx, orderIds[1 - first] ?? '')
    })
    await waking
  },
)

test('every wake is counted once, whoever holds the order', async () => {
  const [held = '', free = ''] = one.orderIds
  let counting: Promise<unknown> = Promise.resolve()
  await db.transaction().execute(async (tx) => {
    await lockOrder(tx, held)
    counting = countWakes(db, [held, free])
    await untilWaitingOr(counting)
  })
  await counting
  const rows = await database.query('select wakes from orders where id = any ($1)', [one.orderIds])
  expect(rows).toEqual([{ wakes: 1 }, { wakes: 1 }])
})

test('sweeps that write the same positions in any order do not wait for each other', async () => {
  const positions = await Promise.all(Array.from({ length: 24 }, twoOrders))
  const ids = positions.map(({ positionId }) => positionId)
  await database.query(
    `insert into monitored_positions (position_id, user_id, shard, entry_price, best_price, rules)
     select id, user_id, 0, 100, 100, '{}' from positions where id = any ($1)`,
    [ids],
  )
  const evaluation = (positionId: string) => ({
    positionId,
    price: 100,
    trailingStop: null,
    state: { bestPrice: 100, stopLoss: 90, takeProfit: 110, reevaluatedAtMs: 0 },
  })
  const sweeps = Array.from({ length: 40 }, (_, round) =>
    db.transaction().execute(async (tx) => {
      // As on a large table, where each row is fetched in the order in which it is named.
      await sql`select set_config(name, 'off', true)
        from unnest(array['enable_hashjoin', 'enable_mergejoin', 'enable_seqscan']) as name`.execute(tx)
      const inOrder = round % 2 === 0 ? ids : ids.toReversed()
      await saveEvaluations(tx, inOrder.map(evaluation) as never)
    }),
  )
  await Promise.all(sweeps)
})
