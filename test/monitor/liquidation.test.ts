import { beforeEach, expect, test } from 'vitest'
import { marginAccounts, takeMarginTurn } from '#db/margins.ts'
import type { MarginReading } from '#src/domain/exits/margin-reading.ts'
import { compareBooks } from '#src/orders/books.ts'
import { resolveOrder } from '#src/orders/resolve.ts'
import { openFloor, type Trader } from '#test/support/floor.ts'
import { carryOut } from '#test/support/hand-work.ts'
import { steeredTape, steerSeen } from '#test/support/steered-tape.ts'
import { watchOnce } from '#test/support/watch.ts'

const tape = steeredTape()
const floor = await openFloor({ tape })
const { db, desk, database } = floor

beforeEach(async () => {
  floor.simulator.faults.remove()
  await price('BTC', 50_000)
  await price('ETH', 2_000)
})

test('a venue that does not answer closes nothing, and what it said before still counts', async () => {
  const { trader, positions } = await holding({ BTC: '0.2' })
  const silence = { fault: '5xx-not-executed', match: { request: 'account', apiKey: trader.apiKey } } as const
  floor.simulator.faults.add({ rules: [silence] })
  await watchOnce(floor)
  await price('BTC', 48_300)
  await watchOnce(floor)
  expect(await readingOf(trader)).toBeNull()
  expect(await exitsOf(positions.BTC)).toEqual([])

  floor.simulator.faults.remove()
  await price('BTC', 50_000)
  await askAgain(trader)
  await watchOnce(floor)
  expect((await readingOf(trader))?.cross.used).toBeCloseTo(400, 0)
  floor.simulator.faults.add({ rules: [silence] })
  await price('BTC', 48_350)
  await askAgain(trader)
  await watchOnce(floor)
  expect((await exitsOf(positions.BTC)).map(({ reason, slot }) => [reason, slot])).toEqual([
    ['liquidation', 'reduce:1'],
  ])
})

test('an answer that says nothing of the margin closes nothing', async () => {
  const { trader, positions } = await holding({ BTC: '0.2' })
  await database.query('update accounts set margin = $2 where id = $1', [
    trader.account.id,
    JSON.stringify({
      cross: { equity: 0, used: 0, stopOut: 0 },
      holdings: [],
      books: { [trader.symbol('BTC')]: 0.2 },
    }),
  ])
  await watchOnce(floor)
  expect(await exitsOf(positions.BTC)).toEqual([])
})

test('at 15 % of the buffer the worst position is halved, once per 15 minutes, with a warning', async () => {
  const { trader, positions } = await holding({ BTC: '0.2', ETH: '1' })
  await watchOnce(floor)
  expect((await readingOf(trader))?.holdings.map(({ symbol }) => symbol).sort()).toEqual([
    'BTC/USDT:USDT',
    'ETH/USDT:USDT',
  ])

  await price('BTC', 48_700)
  await watchOnce(floor)
  expect(await exitsOf(positions.BTC)).toEqual([])
  await price('BTC', 48_060)
  await watchOnce(floor)
  expect(await exitsOf(positions.BTC)).toEqual([
    { reason: 'liquidation', slot: 'reduce:1', quantity: '0.1', state: 'filled' },
  ])
  expect(await exitsOf(positions.ETH)).toEqual([])
  expect(await heldOf(positions.BTC)).toEqual({ state: 'open', qty_open: '0.1' })

  // The margin lasts again; once it does not, the rest of the 15 minutes is left to the user.
  await askAgain(trader)
  await watchOnce(floor)
  await watchOnce(floor)
  expect(await exitsOf(positions.BTC)).toHaveLength(1)
  await price('ETH', 1_955)
  await price('BTC', 48_055)
  await watchOnce(floor)
  expect(await exitsOf(positions.BTC)).toHaveLength(1)

  await database.query(
    `update orders set planned_at = planned_at - interval '15 minutes' where position_id = $1`,
    [positions.BTC],
  )
  await watchOnce(floor)
  expect((await exitsOf(positions.BTC)).length + (await exitsOf(positions.ETH)).length).toBe(2)
  expect(await alarmsOf(trader)).toEqual(['liquidation', 'liquidation', 'liquidation-risk'])
  expect(await compareBooks(db, trader.account.id, floor.gateway)).toEqual([])
})

test.each([
  ['long', 47_800],
  ['short', 52_200],
] as const)('at 3.5 % every %s of the account is closed at once', async (side, at) => {
  const { trader, positions } = await holding({ BTC: '0.2', ETH: '1' }, side)
  const other = await holding({ BTC: '0.02' }, side, '10000')
  await watchOnce(floor)
  await price('BTC', at)
  await watchOnce(floor)
  for (const positionId of [positions.BTC, positions.ETH]) {
    expect((await exitsOf(positionId)).map(({ reason, slot }) => [reason, slot])).toEqual([
      ['liquidation', 'close'],
    ])
    expect(await heldOf(positionId)).toMatchObject({ state: 'closed' })
  }
  expect(await alarmsOf(trader)).toEqual(['liquidation', 'liquidation', 'liquidation-risk'])
  expect(await exitsOf(other.positions.BTC)).toEqual([])
  expect(await compareBooks(db, trader.account.id, floor.gateway)).toEqual([])
})

test('the venue tells where it liquidates, and that is where the buffer ends', async () => {
  const { trader } = await holding({ BTC: '0.2' })
  await watchOnce(floor)
  const [position] = await (await floor.gateway.account(trader.account.id)).positions()
  const liquidation = Number(position?.liquidationPrice)
  expect(liquidation).toBeGreaterThan(47_500)
  expect(liquidation).toBeLessThan(48_500)
  await price('BTC', Math.ceil(liquidation)) // below it the venue takes the position away
  const { margin } = await (await floor.gateway.account(trader.account.id)).holdings()
  expect(Number(margin?.equity)).toBeCloseTo(Number(margin?.maintenanceMargin), 0)
})

test('the venue is asked by one worker at a time, each minute, and within its weight', async () => {
  const { account } = (await holding({ BTC: '0.02' }, 'long', '10000')).trader
  const pace = { leastMs: 60_000, eachMs: 0, withinMs: 600_000 }
  const turns = await Promise.all(Array.from({ length: 16 }, () => takeMarginTurn(db, account, pace)))
  expect(turns.filter((isMine) => isMine)).toHaveLength(1)
  await database.query(`update accounts set margin_asked_at = now() - interval '61 seconds'`)
  // Every account that was asked lately adds its part: here an hour.
  expect(await takeMarginTurn(db, account, { ...pace, eachMs: 3_600_000 })).toBe(false)
  expect(await takeMarginTurn(db, account, pace)).toBe(true)
})

test.each(['binance', 'bybit'] as const)('the margin at %s is read and kept', async (exchange) => {
  const trader = await floor.trader({ market: 'futures', exchange, balances: { USDT: '10000' } })
  const entryId = await floor.enter(trader, { base: 'BTC', quantity: '0.02', leverage: 5 })
  await carryOut(desk, entryId)
  await resolveOrder(desk, entryId) // a venue may only acknowledge at first
  await watchOnce(floor)
  const reading = await readingOf(trader)
  expect(reading?.cross.equity).toBeCloseTo(10_000, -2)
  expect(reading?.cross.used).toBeGreaterThan(0)
})

/** An account that has just enough for what it holds at 25×, and holds it. */
async function holding(sizes: Record<string, string>, side: 'long' | 'short' = 'long', usdt?: string) {
  const notional = Object.entries(sizes).reduce(
    (sum, [base, size]) => sum + Number(size) * (base === 'BTC' ? 50_000 : 2_000),
    0,
  )
  const trader = await floor.trader({
    market: 'futures',
    balances: { USDT: usdt ?? String(notional * 0.0415) },
  })
  const positions: Record<string, string> = {}
  for (const [base, quantity] of Object.entries(sizes)) {
    const rules = { partials: [], trailing: null, dynamicStops: false }
    const entryId = await floor.enter(trader, { base, quantity, side, leverage: 25, rules })
    positions[base] = await carryOut(desk, entryId)
  }
  return { trader, positions }
}

const price = (base: string, at: number) => steerSeen(tape, desk, `${base}/USDT`, at)

/** As if the time had come to ask the venue again. */
const askAgain = ({ account }: Trader) =>
  database.query('update accounts set margin_asked_at = null where id = $1', [account.id])

async function readingOf({ account }: Trader): Promise<MarginReading | null | undefined> {
  for (let shard = 0; shard < desk.config.monitorShards; shard += 1)
    for (const one of await marginAccounts(db, shard)) if (one.id === account.id) return one.reading
}

const exitsOf = (positionId: string | undefined) =>
  database.query<{ reason: string; slot: string; quantity: string; state: string }>(
    `select o.close_reason as reason, s.slot, o.quantity, o.state from orders o join order_slots s on s.order_id = o.id
     where o.position_id = $1 and o.purpose = 'exit' order by o.planned_at`,
    [positionId],
  )

async function heldOf(positionId: string | undefined) {
  const [row] = await database.query('select state, qty_open from positions where id = $1', [positionId])
  return row
}

const alarmsOf = async ({ account }: Trader) =>
  (
    await database.query<{ action: string }>(
      `select action from audit_log where details ->> 'accountId' = $1 and action like 'liquidation%' order by action`,
      [account.id],
    )
  ).map(({ action }) => action)
