import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { setHalt } from '#db/halts.ts'
import { wallClock } from '#src/clock.ts'
import { createLog } from '#src/log.ts'
import { haltByRules, haltOnMismatch, type Looked } from '#src/orders/auto-halt.ts'
import { autoHaltRules } from '#src/orders/auto-halt-rules.ts'
import { testDatabase } from '#test/support/database.ts'
import { addTenant, type TestTenant } from '#test/support/tenant.ts'

const database = await testDatabase()
const desk = { db: database.db(), clock: wallClock, log: createLog({ level: 'silent', role: 'test' }) }
let named = 0
const tenant = (exchange = 'binance') => addTenant(database, { name: `trader-${named++}`, exchange })

/** Orders of a tenant as they ended; `lost` ones were unknown on their way. */
async function orders(
  owner: TestTenant,
  count: number,
  state: string,
  { lost = false, exchange = 'binance', agoMs = 0 } = {},
) {
  for (let index = 0; index < count; index += 1) {
    const id = randomUUID()
    const at = new Date(Date.now() - agoMs)
    await database.query(
      `insert into positions (id, user_id, account_id, source, symbol, side, state) values ($1, $2, $3, 'test', 'BTC/USDT', 'long', 'void')`,
      [id, owner.userId, owner.accountId],
    )
    await database.query(
      `insert into orders (id, user_id, account_id, position_id, exchange, symbol, side, purpose, type, quantity, reference_price,
         is_reduce_only, client_order_id, state, planned_at, sent_at)
       values ($1, $2, $3, $1, $4, 'BTC/USDT', 'buy', 'entry', 'market', 1, 1, false, $5, $6, $7, $7)`,
      [id, owner.userId, owner.accountId, exchange, id.replaceAll('-', ''), state, at],
    )
    if (lost)
      await database.query(
        `insert into order_events (user_id, order_id, from_state, to_state, actor) values ($1, $2, 'submitting', 'unknown', 'test')`,
        [owner.userId, id],
      )
  }
}

async function lose(owner: TestTenant, pnl: number) {
  const id = randomUUID()
  await database.query(
    `insert into positions (id, user_id, account_id, source, symbol, side, state) values ($1, $2, $3, 'test', 'BTC/USDT', 'long', 'closed')`,
    [id, owner.userId, owner.accountId],
  )
  await database.query(
    `insert into trades (user_id, account_id, position_id, source, symbol, side, quantity, entry_price, exit_price, gross_pnl, fees,
       pnl, profit_ratio, close_reason, opened_at, closed_at) values ($1, $2, $3, 'test', 'BTC/USDT', 'long', 1, 1, 1, $4, 0, $4, 0, 'stop_loss', now(), now())`,
    [owner.userId, owner.accountId, id, pnl],
  )
}

const look = (owner: TestTenant, state: Looked['state'], { hasClosed = false, exchange = 'binance' } = {}) =>
  haltByRules(desk, { order: { id: randomUUID(), ...owner, exchange }, state, hasClosed })

async function haltOf(scope: string, key: string) {
  const [row] = await database.query<{ mode: string; reason: string; set_by: string }>(
    `select mode, reason, set_by from halts where scope = $1 and key = $2`,
    [scope, key],
  )
  return row
}

const audits = (target: string) =>
  database.query<{ action: string }>(
    `select actor, action, details ->> 'rule' as rule from audit_log where target = $1`,
    [target],
  )

test('too many refusals stop the account, once, with a reason and an audit row, and nothing lifts it', async () => {
  const owner = await tenant()
  await orders(owner, autoHaltRules.rejectRate.orders - 1, 'rejected')
  expect(await look(owner, 'rejected')).toBeUndefined()
  await orders(owner, 1, 'rejected')
  await Promise.all(Array.from({ length: 5 }, () => look(owner, 'rejected')))
  expect(await haltOf('account', owner.accountId)).toEqual({
    mode: 'no_entries',
    reason: 'stopped by itself (reject-rate): the venue refused 5 of 5 orders within 600 s',
    set_by: 'bullpen',
  })
  const row = { actor: 'bullpen', action: 'halt.auto', rule: 'reject-rate' }
  expect(await audits(`account ${owner.accountId}`)).toEqual([row])
  await orders(owner, 50, 'filled')
  await look(owner, 'filled')
  expect(await haltOf('account', owner.accountId)).toMatchObject({ mode: 'no_entries' })

  // After a person has lifted it, what was before does not count again.
  const lift = { scope: 'account', key: owner.accountId, mode: 'none', reason: null, setBy: 'ada' } as const
  await setHalt(desk.db, lift)
  expect(await look(owner, 'rejected')).toBeUndefined()
  expect(await haltOf('account', owner.accountId)).toMatchObject({ mode: 'none' })
})

test('refusals among many that went well, and old ones, stop nothing', async () => {
  const owner = await tenant()
  await orders(owner, 5, 'rejected')
  await orders(owner, 6, 'filled')
  await orders(owner, 5, 'rejected', { agoMs: autoHaltRules.rejectRate.withinMs + 1_000 })
  expect(await look(owner, 'rejected')).toBeUndefined()
})

test('orders in circles stop the account', async () => {
  const owner = await tenant()
  await orders(owner, autoHaltRules.orderRate.orders, 'filled')
  expect(await look(owner, 'filled')).toBeUndefined()
  await orders(owner, 1, 'filled')
  expect(await look(owner, 'filled')).toBe('61 orders within 60 s, more than 60')
})

test('a day of losses stops the account, measured by what it was worth when the day began', async () => {
  const owner = await tenant()
  await database.query(
    `insert into equity_snapshots (account_id, user_id, at, market_at, equity, free_quote, exposure, open_pnl)
     values ($1, $2, now() - interval '2 days', now() - interval '2 days', 1000, 1000, 0, 0)`,
    [owner.accountId, owner.userId],
  )
  await lose(owner, -99)
  expect(await look(owner, 'filled', { hasClosed: true })).toBeUndefined()
  await lose(owner, -2)
  expect(await look(owner, 'filled', { hasClosed: true })).toContain(
    'have lost 10.1 % of what the account was worth',
  )
})

test('unknown outcomes across accounts stop the exchange; of one account alone they do not', async () => {
  const exchange = 'kraken'
  const [one, two, three] = [await tenant(exchange), await tenant(exchange), await tenant(exchange)]
  await orders(one, 10, 'filled', { lost: true, exchange })
  expect(await look(one, 'unknown', { exchange })).toBeUndefined()
  await orders(two, 1, 'unknown', { lost: true, exchange })
  await orders(three, 1, 'unknown', { lost: true, exchange })
  expect(await look(three, 'unknown', { exchange })).toBe(
    'the outcome of 12 of 12 orders of 3 accounts was unknown within 300 s',
  )
  expect(await haltOf('exchange', 'kraken')).toMatchObject({ mode: 'no_entries' })
  expect(await haltOf('account', three.accountId)).toMatchObject({ mode: 'none' })
})

test('a mismatch stops the account, and leaves a wider halt of a person as it is', async () => {
  const owner = await tenant()
  const account = { id: owner.accountId, userId: owner.userId }
  expect(await haltOnMismatch(desk, account, '3 SOL are missing')).toBe(true)
  expect(await haltOf('account', owner.accountId)).toMatchObject({
    reason: 'stopped by itself (reconcile-mismatch): the books and the venue differ: 3 SOL are missing',
  })
  const flatten = {
    scope: 'account',
    key: owner.accountId,
    mode: 'flatten',
    reason: 'out',
    setBy: 'ada',
  } as const
  await setHalt(desk.db, flatten)
  expect(await haltOnMismatch(desk, account, 'again')).toBe(false)
  expect(await haltOf('account', owner.accountId)).toMatchObject({ mode: 'flatten', reason: 'out' })
})
