import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { beforeEach, expect, test } from 'vitest'
import { takeAllowance } from '#db/venue-allowances.ts'
import { VenueUnavailable } from '#src/errors.ts'
import { approve, type OrderRequest } from '#src/exchange/order-request.ts'
import { withinWindow } from '#src/exchange/rate-limit.ts'
import { venueBudgets } from '#src/exchange/venue-budgets.ts'
import { openFloor, type Trader } from '#test/support/floor.ts'

const floor = await openFloor({ enforceLimits: true })
const place = 'binance futures paper'

beforeEach(() => floor.database.query('delete from venue_allowances'))

/** Leaves so much of a limit; it flows back as ever. */
async function leave(name: string, level: number, { account }: Partial<Trader> = {}): Promise<void> {
  await floor.database.query(
    `insert into venue_allowances (place, name, account_id, level, at) values ($1, $2, $3, $4, now())
     on conflict (place, name, account_id) do update set level = excluded.level, at = excluded.at`,
    [place, name, account?.id ?? '', level],
  )
}

function order(change: Partial<OrderRequest> = {}) {
  const claimedAt = { wallMs: Date.now(), monotonicMs: performance.now() }
  return approve<OrderRequest>(
    {
      symbol: 'BTC/USDT:USDT',
      side: 'buy',
      type: 'market',
      quantity: '0.01',
      clientOrderId: randomBytes(16).toString('hex'),
      isReduceOnly: false,
      ...change,
    },
    claimedAt,
  )
}

const stop = () =>
  order({ type: 'stop_market', side: 'sell', stopPrice: '1000', isReduceOnly: true, isExit: true })

const ordersOf = ({ apiKey }: Trader) => floor.simulator.ledger(apiKey).accounts[0]?.orders ?? []

test('one tenant at its limit waits alone: the other’s stop is placed, and nobody is paused', async () => {
  const [busy, calm] = [await floor.trader({ market: 'futures' }), await floor.trader({ market: 'futures' })]
  const [busyVenue, calmVenue] = await Promise.all(
    [busy, calm].map(({ account }) => floor.gateway.account(account.id)),
  )
  await calmVenue?.placeOrder(order())
  await leave('the orders a minute', -1_000, busy)

  const refusal = await busyVenue?.placeOrder(order()).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(VenueUnavailable)
  expect(refusal).toMatchObject({ code: 'rate-limited', whose: 'account' })
  await expect(busyVenue?.placeOrder(stop())).rejects.toThrow(VenueUnavailable)
  expect((await calmVenue?.placeOrder(stop()))?.status).toBe('open')

  expect(ordersOf(busy)).toEqual([])
  expect(ordersOf(calm)).toHaveLength(2)
  expect(await floor.db.selectFrom('venue_budgets').selectAll().execute()).toEqual([])
})

test('the last quarter of the address’s weight is for what protects and closes', async () => {
  const trader = await floor.trader({ market: 'futures' })
  const venue = await floor.gateway.account(trader.account.id)
  await venue.placeOrder(order())
  await leave('the weight a minute', 200)
  // What this process had taken before is used up or given up: nothing of it is left to a new pocket.
  const fresh = venueBudgets(floor.db)
  const market = { place, accountId: trader.account.id }
  const { futures } = (await import('#src/exchange/venues/binance.ts')).binance.markets
  const limits = futures?.limits ?? []
  expect(await fresh.take(limits, { ...market, kind: 'positions', isUrgent: false })).toMatchObject({
    limit: { name: 'the weight a minute', whose: 'ip' },
  })
  expect(await fresh.take(limits, { ...market, kind: 'place', isUrgent: false })).toBeDefined()
  expect(await fresh.take(limits, { ...market, kind: 'place', isUrgent: true })).toBeUndefined()
  expect(await fresh.take(limits, { ...market, kind: 'cancel', isUrgent: true })).toBeUndefined()
  expect(await fresh.take(limits, { ...market, kind: 'find', isUrgent: true })).toBeUndefined()
  await leave('the weight a minute', -50)
  const empty = venueBudgets(floor.db)
  expect(await empty.take(limits, { ...market, kind: 'cancel', isUrgent: true })).toMatchObject({
    limit: { whose: 'ip' },
  })
})

test('a database that does not answer holds nothing back', async () => {
  const { database } = floor
  const gone = database.db('bullpen_worker')
  const limits = [
    { name: 'one a day', whose: 'ip', ...withinWindow(2, 86_400_000), costs: { place: 1 } },
  ] as const
  const ask = { place: 'nowhere', accountId: 'nobody', kind: 'place', isUrgent: false } as const
  await database.query('alter table venue_allowances rename to hidden')
  try {
    const budgets = venueBudgets(gone)
    for (let again = 0; again < 5; again += 1) expect(await budgets.take(limits, ask)).toBeUndefined()
  } finally {
    await database.query('alter table hidden rename to venue_allowances')
  }
})

test('whatever workers ask, no window sees more than the limit', async () => {
  const windowMs = 60_000
  let run = 0
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 20, max: 500 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 5, maxLength: 40 }),
      async (most, costs) => {
        run += 1
        const limit = { name: `run ${run}`, ...withinWindow(most, windowMs) }
        const begun = performance.now()
        const waits = await Promise.all(
          costs.map((cost) =>
            takeAllowance(floor.db, { place, accountId: undefined, reserve: 0, cost, ...limit }),
          ),
        )
        const granted = costs.filter((_, at) => waits[at] === 0).reduce((all, cost) => all + cost, 0)
        // At most a first request that is larger than the burst goes beyond it.
        const flownMs = performance.now() - begun
        const largest = Math.max(0, Math.max(...costs) - limit.burst)
        expect(granted).toBeLessThanOrEqual(
          limit.burst + (limit.perSecond * flownMs) / 1_000 + largest + 1e-6,
        )
      },
    ),
    { numRuns: 25 },
  )
})
