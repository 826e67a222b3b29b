import { beforeEach, expect, test } from 'vitest'
import { pausesOf, pauseVenue } from '#db/venue-budgets.ts'
import { VenueUnavailable } from '#src/errors.ts'
import { openFeeds } from '#src/exchange/feeds.ts'
import { venuePauses } from '#src/exchange/venue-pauses.ts'
import { openFloor } from '../support/floor.ts'
import { venueStub } from '../support/venue-stub.ts'

const floor = await openFloor()
const { db, database } = floor
const stub = await venueStub(floor.simulator.url)
const place = 'binance spot paper'

beforeEach(async () => {
  stub.answer = () => undefined
  stub.asked.length = 0
  await database.query('delete from venue_budgets')
})

/** A feed of a worker that has just started. */
const feed = (market: 'spot' | 'futures' = 'spot') =>
  openFeeds({ simulatorUrl: async () => stub.url, marketNow: Date.now, speed: 1, pauses: venuePauses(db) })({
    exchange: 'binance',
    market,
    mode: 'paper',
  })

const failureOf = (asking: Promise<unknown>) =>
  asking.then(
    () => undefined,
    (error: unknown) => error,
  )

test('while the venue takes no requests from this address, it is not asked for prices', async () => {
  await pauseVenue(db, { place, forMs: 60_000, reason: 'banned' })
  const failure = await failureOf(feed().prices())
  expect(failure).toBeInstanceOf(VenueUnavailable)
  expect(failure).toMatchObject({ code: 'rate-limited', whose: 'ip' })
  expect(stub.asked).toEqual([])
})

test('a limit on one account, or of another market, holds no prices back', async () => {
  const { account } = await floor.trader({ market: 'spot' })
  await pauseVenue(db, { place, accountId: account.id, forMs: 60_000, reason: 'too many orders' })
  await pauseVenue(db, { place: 'binance futures paper', forMs: 60_000, reason: 'banned' })
  expect((await feed().prices()).size).toBeGreaterThan(5)
})

test.each([
  { status: 429, what: 'too many requests' },
  { status: 418, what: 'a ban' },
])('$status to a public question is a pause for every worker: $what', async ({ status }) => {
  const asking = feed()
  await asking.symbols()
  stub.answer = (path) =>
    /ticker/.test(path) ? { status, body: '{"code":-1003,"msg":"slow down"}' } : undefined
  expect(await failureOf(asking.prices())).toMatchObject({ code: 'rate-limited', whose: 'ip' })
  expect(await pausesOf(db, place)).toHaveLength(1)
  stub.answer = () => undefined
  stub.asked.length = 0
  expect(await failureOf(feed().candles('BTC/USDT', '5m', 10))).toMatchObject({ whose: 'ip' })
  expect(stub.asked).toEqual([])
})

test.each([
  { exchange: 'bybit', status: 403, body: 'access too frequent.', forMs: 600_000 },
  { exchange: 'kraken', status: 200, body: '{"error":["EGeneral:Too many requests"]}', forMs: undefined },
] as const)('$exchange asks for patience in words of its own: $body', async (refusal) => {
  const { exchange, status, body, forMs } = refusal
  const asking = openFeeds({
    simulatorUrl: async () => stub.url,
    marketNow: Date.now,
    speed: 1,
    pauses: venuePauses(db),
  })({ exchange, market: 'spot', mode: 'paper' })
  await asking.symbols()
  stub.answer = (path) => (/ticker/i.test(path) ? { status, body } : undefined)
  expect(await failureOf(asking.prices())).toMatchObject({
    code: 'rate-limited',
    whose: 'ip',
    ...(forMs !== undefined && { retryAfterMs: forMs }),
  })
  expect(await pausesOf(db, `${exchange} spot paper`)).toHaveLength(1)
})

test('without pauses a process asks on: they are kept where there is a database', async () => {
  await pauseVenue(db, { place, forMs: 60_000, reason: 'banned' })
  const free = openFeeds({ simulatorUrl: async () => stub.url, marketNow: Date.now, speed: 1 })
  const spot = free({ exchange: 'binance', market: 'spot', mode: 'paper' })
  expect((await spot.prices()).size).toBeGreaterThan(5)
})
