import { expect, test } from 'vitest'
import { livingPositionsOf } from '#db/account-journal.ts'
import { findAccount } from '#db/accounts.ts'
import { ledgerBalances } from '#db/ledger.ts'
import { orderOrThrow } from '#db/orders.ts'
import { findPosition } from '#db/positions.ts'
import { noteStart, reconciliationOf } from '#db/reconciliations.ts'
import { findTrade } from '#db/trades.ts'
import { saveSettings } from '#db/trading-settings.ts'
import { Decimal } from '#src/domain/decimal.ts'
import { approve } from '#src/exchange/order-request.ts'
import { compareBooks } from '#src/orders/books.ts'
import { reconcileAccount } from '#src/orders/reconcile/account.ts'
import { sendOrder } from '#src/orders/send.ts'
import { newClientOrderId } from '#src/vault/client-order-id.ts'
import { ringOf } from '#src/vault/key-ring.ts'
import { keys, openFloor, secretKey, type Trader, venueOrdersOf } from '#test/support/floor.ts'
import { venueStub } from '#test/support/venue-stub.ts'

const floor = await openFloor()
const { db, desk, simulator } = floor
const stub = await venueStub(simulator.url)
floor.route.url = stub.url

/** Reconciles until nothing is in doubt any more, as the job does, with the waiting left out. */
async function reconcile({ account }: Trader) {
  let last = await reconcileAccount(desk, account.id)
  for (let look = 0; look < 5 && last.isInDoubt; look += 1) {
    await floor.database.query(
      `update accounts set doubts = (select coalesce(jsonb_object_agg(key, jsonb_set(value, '{sinceMs}', to_jsonb((value ->> 'sinceMs')::numeric - 6000))), '{}')
         from jsonb_each(doubts)) where id = $1`,
      [account.id],
    )
    last = await reconcileAccount(desk, account.id)
  }
  return last
}

async function open(trader: Trader, base: string, quantity: string, side: 'long' | 'short' = 'long') {
  const orderId = await floor.enter(trader, { base, quantity, side })
  expect(await sendOrder(desk, orderId)).toMatchObject({ state: 'filled' })
  return (await orderOrThrow(db, orderId)).positionId
}

const hand = (trader: Trader, act: object) => simulator.hand({ apiKey: trader.apiKey, ...act } as never)
const said = (trader: Trader, action: string) =>
  floor.database.query(`select target from audit_log where action = $1 and user_id = $2`, [
    action,
    trader.account.userId,
  ])
const ordersSent = ({ apiKey }: Trader) =>
  simulator.ledger(apiKey).accounts[0]?.orders.filter((order) => /^[0-9a-f]{32}$/.test(order.clientOrderId))
    .length
const agrees = async ({ account }: Trader) =>
  expect(await compareBooks(db, account.id, floor.gateway)).toEqual([])

/** Sends an order with our tag that the journal never had. */
async function sendUnknown(
  trader: Trader,
  wish: { base: string; side: 'buy' | 'sell'; quantity: string; isReduceOnly?: boolean; price?: string },
) {
  const venue = await floor.gateway.account(trader.account.id)
  const clientOrderId = newClientOrderId(keys, trader.account.id)
  const request = {
    symbol: trader.symbol(wish.base),
    side: wish.side,
    type: wish.price === undefined ? ('market' as const) : ('limit' as const),
    quantity: wish.quantity,
    ...(wish.price !== undefined && { price: wish.price }),
    clientOrderId,
    isReduceOnly: wish.isReduceOnly ?? false,
  }
  await venue.placeOrder(approve(request, { wallMs: Date.now(), monotonicMs: performance.now() }))
  return clientOrderId
}

test.each(['spot', 'futures'] as const)('a quiet account on %s: nothing is done', async (market) => {
  const trader = await floor.trader({ market })
  const positionId = await open(trader, 'ETH', '1')
  const before = await ledgerBalances(db, trader.account.id)
  expect(await reconcile(trader)).toMatchObject({ kind: 'done', isInDoubt: false })
  expect(await ledgerBalances(db, trader.account.id)).toEqual(before)
  expect(await findPosition(db, positionId)).toMatchObject({ state: 'open' })
})

test.each(['spot', 'futures'] as const)(
  'an entry of ours on %s that the journal does not know is adopted, and opens its position with the user’s stops',
  async (market) => {
    const trader = await floor.trader({ market })
    await saveSettings(db, trader.account.userId, null, { stop_loss_pct: 4, take_profit_pct: 8 })
    const clientOrderId = await sendUnknown(trader, { base: 'SOL', side: 'buy', quantity: '2' })
    await reconcile(trader)
    const [position] = await livingPositionsOf(db, trader.account.id)
    expect(position).toMatchObject({ state: 'open', side: 'long', quantityEntered: '2', source: 'adopted' })
    const ratio = Number(position?.stopLoss) / Number(position?.entryPrice)
    expect(ratio).toBeCloseTo(0.96, 3)
    expect(Number(position?.takeProfit) / Number(position?.entryPrice)).toBeCloseTo(1.08, 3)
    expect(venueOrdersOf(floor, trader, { clientOrderId })).toHaveLength(1)
    expect(await said(trader, 'order-adopted')).toHaveLength(1)
    await agrees(trader)
  },
)

test('an order that was sent under a previous SECRET_KEY and is lost to the journal is ours as long as that key is kept', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const now = (await desk.feedOf(trader.account).prices()).get('SOL/USDT') ?? 0
  await sendUnknown(trader, { base: 'SOL', side: 'buy', quantity: '2', price: (now * 0.9).toFixed(2) })
  const current = 'a newer key for tests, of thirty-two bytes or more'
  const without = { ...desk, keys: ringOf({ secretKey: current, secretKeyPrevious: [] }) }
  await reconcileAccount(without, trader.account.id)
  expect(await said(trader, 'order-adopted')).toEqual([])
  const rotated = { ...desk, keys: ringOf({ secretKey: current, secretKeyPrevious: [secretKey] }) }
  await reconcileAccount(rotated, trader.account.id)
  expect(await said(trader, 'order-adopted')).toHaveLength(1)
})

test('one order that the journal has lost holds its account until the next look, and no longer', async () => {
  const trader = await floor.trader({ market: 'futures' })
  await sendUnknown(trader, { base: 'SOL', side: 'buy', quantity: '2' })
  // Durable before send: what the venue has and the journal has not, the journal has lost, and who knows what else.
  expect(await reconcileAccount(desk, trader.account.id)).toMatchObject({ kind: 'moving', isInDoubt: true })
  expect(await said(trader, 'order-adopted')).toHaveLength(1)
  const held = await floor.enter(trader, { base: 'ETH', quantity: '1' })
  expect(await sendOrder(desk, held)).toMatchObject({ state: 'planned', outcome: { kind: 'skipped' } })

  expect(await reconcile(trader)).toMatchObject({ kind: 'done' })
  const next = await floor.enter(trader, { base: 'BTC', quantity: '0.01' })
  expect(await sendOrder(desk, next)).toMatchObject({ state: 'filled' })
  expect(await reconcile(trader)).toMatchObject({ kind: 'done', isInDoubt: false })
  expect(await reconciliationOf(db, trader.account.id)).toMatchObject({ mustReconcile: false })
  expect(await said(trader, 'order-adopted')).toHaveLength(1)
})

test('an exit of ours that the journal does not know reduces its position', async () => {
  const trader = await floor.trader({ market: 'futures' })
  const positionId = await open(trader, 'ETH', '3', 'short')
  await sendUnknown(trader, { base: 'ETH', side: 'buy', quantity: '1', isReduceOnly: true })
  await reconcile(trader)
  expect(await findPosition(db, positionId)).toMatchObject({ state: 'open', quantityOpen: '2' })
  await agrees(trader)
})

test('somebody else’s order is shown and never touched', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const price = (await desk.feedOf(trader.account).prices()).get('BTC/USDT') ?? 0
  hand(trader, {
    do: 'place-order',
    symbol: 'BTC/USDT',
    side: 'buy',
    type: 'limit',
    quantity: '0.01',
    price: (price * 0.9).toFixed(2),
    clientOrderId: 'web_mine',
  })
  await reconcile(trader)
  const { external } = await reconciliationOf(db, trader.account.id)
  expect(external.orders).toMatchObject([{ symbol: 'BTC/USDT', side: 'buy', quantity: '0.01' }])
  expect(venueOrdersOf(floor, trader, { clientOrderId: 'web_mine' })).toMatchObject([{ status: 'open' }])
  expect(ordersSent(trader)).toBe(0)
  await agrees(trader)
})

test('an order that the user took back at the venue has ended here too', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const orderId = await floor.enter(trader, { base: 'BTC', quantity: '0.01', limitAt: 0.95 })
  await sendOrder(desk, orderId)
  const { clientOrderId, positionId } = await orderOrThrow(db, orderId)
  hand(trader, { do: 'cancel-order', clientOrderId })
  await reconcile(trader)
  expect(await orderOrThrow(db, orderId)).toMatchObject({ state: 'canceled' })
  expect(await findPosition(db, positionId)).toMatchObject({ state: 'void' })
})

test('a venue that does not know an open order has not said what became of it: it stays as it is', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const orderId = await floor.enter(trader, { base: 'BTC', quantity: '0.01', limitAt: 0.95 })
  await sendOrder(desk, orderId)
  stub.answer = (path) => {
    if (/openOrders|allOrders/.test(path)) return { body: '[]' }
    return /\/order\?/.test(path)
      ? { status: 400, body: '{"code":-2013,"msg":"Order does not exist."}' }
      : undefined
  }
  try {
    await reconcile(trader)
  } finally {
    stub.answer = () => undefined
  }
  expect(await orderOrThrow(db, orderId)).toMatchObject({ state: 'open' })
  await reconcile(trader)
  expect(await orderOrThrow(db, orderId)).toMatchObject({ state: 'open' })
})

test('a key that was revoked pauses the account, and says so once', async () => {
  const trader = await floor.trader({ market: 'futures' })
  const positionId = await open(trader, 'ETH', '1')
  hand(trader, { do: 'revoke-key' })
  expect(await reconcile(trader)).toMatchObject({ kind: 'stale' })
  await reconcile(trader)
  expect(await findAccount(db, trader.account.id)).toMatchObject({ status: 'paused' })
  expect(await said(trader, 'key-refused')).toHaveLength(1)
  expect(await findPosition(db, positionId)).toMatchObject({ state: 'open' })
})

test('what filled while nobody was here is booked', async () => {
  const trader = await floor.trader({ market: 'futures' })
  const orderId = await floor.enter(trader, { base: 'BTC', quantity: '0.02' })
  await sendOrder(desk, orderId)
  const { positionId } = await orderOrThrow(db, orderId)
  // As if the worker had died with the order open, before it saw a fill.
  await floor.database.query(`alter table orders disable trigger guard_order`)
  await floor.database.query(`delete from fills where order_id = $1`, [orderId])
  await floor.database.query(`delete from ledger where account_id = $1 and kind <> 'opening'`, [
    trader.account.id,
  ])
  await floor.database.query(`update orders set state = 'open', filled = 0, ended_at = null where id = $1`, [
    orderId,
  ])
  await floor.database.query(
    `update positions set state = 'opening', qty_open = 0, qty_entered = 0 where id = $1`,
    [positionId],
  )
  await floor.database.query(`alter table orders enable trigger guard_order`)
  await reconcile(trader)
  expect(await orderOrThrow(db, orderId)).toMatchObject({ state: 'filled' })
  expect(await findPosition(db, positionId)).toMatchObject({ state: 'open', quantityOpen: '0.02' })
  await agrees(trader)
})

test.each([
  { market: 'spot', side: 'long' },
  { market: 'futures', side: 'long' },
  { market: 'futures', side: 'short' },
] as const)(
  'a $side on $market that the user closed by hand is closed here as reconciled, and nothing is sold',
  async ({ market, side }) => {
    const trader = await floor.trader({ market })
    const positionId = await open(trader, 'ETH', '2', side)
    const sent = ordersSent(trader)
    hand(trader, { do: 'close-position', symbol: 'ETH/USDT' })
    await reconcile(trader)
    expect(await findPosition(db, positionId)).toMatchObject({ state: 'closed', closeReason: 'reconciled' })
    const trade = await findTrade(db, positionId)
    expect(Math.abs(Number(trade?.pnl))).toBeLessThan(100)
    expect(ordersSent(trader)).toBe(sent)
    expect(await said(trader, 'position-gone')).toHaveLength(1)
    await agrees(trader)
  },
)

test.each([
  { what: 'an error', answer: { status: 503, body: '{}' } },
  { what: 'nothing', answer: { body: '' } },
  { what: 'null', answer: { body: 'null' } },
  { what: 'an empty list', answer: { body: '[]' } },
])('$what in place of the positions is not flat: nothing is done, and it is noted', async ({ answer }) => {
  const trader = await floor.trader({ market: 'futures' })
  const positionId = await open(trader, 'ETH', '1')
  stub.answer = (path) => (/positionRisk/.test(path) ? answer : undefined)
  try {
    await reconcile(trader).catch(() => {})
  } finally {
    stub.answer = () => undefined
  }
  expect(await findPosition(db, positionId)).toMatchObject({ state: 'open', quantityOpen: '1' })
  expect((await reconciliationOf(db, trader.account.id)).staleSince).not.toBeNull()
  await reconcile(trader)
  expect((await reconciliationOf(db, trader.account.id)).staleSince).toBeNull()
  await agrees(trader)
})

test('a position that the venue does not show, and nothing closed, stops entries and asks a person, once', async () => {
  const trader = await floor.trader({ market: 'futures' })
  const positionId = await open(trader, 'ETH', '1')
  stub.answer = (path) => (/positionRisk/.test(path) ? { body: '[]' } : undefined)
  try {
    for (let look = 0; look < 3; look += 1) await reconcile(trader)
  } finally {
    stub.answer = () => undefined
  }
  expect(await findPosition(db, positionId)).toMatchObject({ state: 'open', quantityOpen: '1' })
  expect(await said(trader, 'position-missing')).toHaveLength(1)
  const [halt] = await floor.database.query<{ mode: string }>(
    `select mode from halts where scope = 'account' and key = $1`,
    [trader.account.id],
  )
  expect(halt).toEqual({ mode: 'no_entries' })
})

test.each(['spot', 'futures'] as const)(
  'a position that the user reduced by hand on %s shrinks, and the user is told',
  async (market) => {
    const trader = await floor.trader({ market })
    const positionId = await open(trader, 'ETH', '2')
    const { quantityOpen: before } = (await findPosition(db, positionId)) ?? { quantityOpen: '0' }
    hand(trader, { do: 'sell', symbol: 'ETH/USDT', quantity: '0.5' })
    await reconcile(trader)
    expect(await findPosition(db, positionId)).toMatchObject({
      state: 'open',
      quantityOpen: new Decimal(before).minus('0.5').toString(),
    })
    expect(await said(trader, 'position-shrunk')).toHaveLength(1)
    await agrees(trader)
  },
)

test('coins that the user withdrew are taken off the position', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const positionId = await open(trader, 'ETH', '2')
  const quantity = (await findPosition(db, positionId))?.quantityOpen ?? '0'
  hand(trader, { do: 'withdraw', asset: 'ETH', amount: '1.2' })
  await reconcile(trader)
  expect(await findPosition(db, positionId)).toMatchObject({
    state: 'open',
    quantityOpen: new Decimal(quantity).minus('1.2').toString(),
  })
  await agrees(trader)
})

test('what the venue holds beyond ours is the user’s, on spot and on futures', async () => {
  const spot = await floor.trader({ market: 'spot', balances: { USDT: '100000', ETH: '5' } })
  const spotPosition = await open(spot, 'ETH', '1')
  const own = (await findPosition(db, spotPosition))?.quantityOpen
  hand(spot, { do: 'sell', symbol: 'ETH/USDT', quantity: '5' })
  hand(spot, { do: 'deposit', asset: 'ETH', amount: '3' })
  await reconcile(spot)
  expect(await findPosition(db, spotPosition)).toMatchObject({ state: 'open', quantityOpen: own })
  await agrees(spot)

  const futures = await floor.trader({ market: 'futures' })
  const position = await open(futures, 'SOL', '4')
  hand(futures, { do: 'buy', symbol: 'SOL/USDT', quantity: '6' })
  await reconcile(futures)
  expect(await findPosition(db, position)).toMatchObject({ state: 'open', quantityOpen: '4' })
  expect((await reconciliationOf(db, futures.account.id)).external.positions).toEqual([
    { symbol: 'SOL/USDT:USDT', quantity: '6' },
  ])
  await agrees(futures)
})

test.each([false, true])('a position opened by hand, adopt_manual_positions %s', async (isWanted) => {
  const trader = await floor.trader({ market: 'futures' })
  await saveSettings(db, trader.account.userId, null, { adopt_manual_positions: isWanted, stop_loss_pct: 3 })
  hand(trader, { do: 'sell', symbol: 'ETH/USDT', quantity: '2' })
  await reconcile(trader)
  const living = await livingPositionsOf(db, trader.account.id)
  if (isWanted) expect(living).toMatchObject([{ state: 'open', side: 'short', quantityOpen: '2' }])
  else {
    expect(living).toEqual([])
    expect((await reconciliationOf(db, trader.account.id)).external.positions).toMatchObject([
      { quantity: '-2' },
    ])
  }
  await agrees(trader)
})

test('our stop is gone: another one takes its place, and the second time the user meant it', async () => {
  const trader = await floor.trader({ market: 'futures' })
  const positionId = await open(trader, 'ETH', '1')
  const sendStops = async () => {
    for (const { id } of await floor.database.query<{ id: string }>(
      `select id from orders where position_id = $1 and purpose = 'stop' and state = 'planned'`,
      [positionId],
    ))
      await sendOrder(desk, id)
  }
  const resting = () =>
    simulator
      .ledger(trader.apiKey)
      .accounts[0]?.orders.filter((order) => order.isConditional && order.status === 'open').length
  await sendStops()
  expect(resting()).toBe(1)
  hand(trader, { do: 'cancel-stops' })
  await reconcile(trader)
  await sendStops()
  expect(resting()).toBe(1)
  hand(trader, { do: 'cancel-stops' })
  await reconcile(trader)
  await sendStops()
  expect(resting()).toBe(0)
  expect(await findPosition(db, positionId)).toMatchObject({ state: 'open' })
})

test.each([
  { market: 'futures', act: { do: 'funding', amount: '-1.25' }, kind: 'funding', amount: '-1.25' },
  { market: 'futures', act: { do: 'deposit', asset: 'USDT', amount: '50' }, kind: 'deposit', amount: '50' },
  {
    market: 'futures',
    act: { do: 'withdraw', asset: 'USDT', amount: '20' },
    kind: 'withdrawal',
    amount: '-20',
  },
  { market: 'spot', act: { do: 'airdrop', asset: 'XRP', amount: '7' }, kind: 'deposit', amount: '7' },
  { market: 'spot', act: { do: 'withdraw', asset: 'USDT', amount: '20' }, kind: 'withdrawal', amount: '-20' },
] as const)('$act.do on $market is a row of the ledger: $kind', async ({ market, act, kind, amount }) => {
  const trader = await floor.trader({ market })
  await open(trader, 'ETH', '1')
  hand(trader, act)
  await reconcile(trader)
  await reconcile(trader)
  const rows = await floor.database.query<{ kind: string; amount: string }>(
    `select kind, amount from ledger where account_id = $1 and kind not in ('opening', 'fill', 'fee', 'realized_pnl')`,
    [trader.account.id],
  )
  expect(rows).toEqual([{ kind, amount }])
  await agrees(trader)
})

test('when the cluster starts no entry leaves before its account was reconciled, and exits do', async () => {
  const trader = await floor.trader({ market: 'futures' })
  await open(trader, 'ETH', '1')
  await noteStart(db, 'the first')
  const orderId = await floor.enter(trader, { base: 'SOL', quantity: '2' })
  expect(await sendOrder(desk, orderId)).toMatchObject({ state: 'planned', outcome: { kind: 'skipped' } })
  await reconcile(trader)
  expect(await sendOrder(desk, orderId)).toMatchObject({ state: 'filled' })
  expect((await findAccount(db, trader.account.id))?.status).toBe('active')
})
