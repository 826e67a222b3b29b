import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest'
import { type Timeframe, timeframeMs } from '#src/domain/candle.ts'
import { VenueUnavailable } from '#src/errors.ts'
import { openFeeds } from '#src/exchange/feeds.ts'
import type { MarketFeed } from '#src/exchange/market-feed.ts'
import { manualClock } from '#src/simulator/clock.ts'
import { startSimulator } from '#src/simulator/simulator.ts'
import { syntheticTape } from '#src/simulator/tape/synthetic.ts'
import { runNode } from '../support/program.ts'
import { type StubAnswer, type VenueStub, venueStub } from '../support/venue-stub.ts'

const startMs = Date.UTC(2026, 5, 17, 13, 27, 41, 500)
const clock = manualClock(startMs)
const simulator = await startSimulator({ tape: syntheticTape(7, startMs), clock, enforceLimits: false })
afterAll(() => simulator.stop())

const markets = ['spot', 'futures'] as const
type Market = (typeof markets)[number]
const symbolOf = (base: string, market: Market) => (market === 'spot' ? `${base}/USDT` : `${base}/USDT:USDT`)

/** A feed that knows nothing yet. */
function feedAt(url: string, market: Market = 'spot', marketNow = clock.marketNow, speed = 1): MarketFeed {
  const feedOf = openFeeds({ simulatorUrl: async () => url, marketNow, speed })
  return feedOf({ exchange: 'binance', market, mode: 'paper' })
}

/** What feeds are asked, each with the part of the path by which the venue is asked for it. */
const questions: readonly [name: string, path: string, ask: (feed: MarketFeed) => Promise<unknown>][] = [
  ['prices', '/api/v3/ticker/price', (feed) => feed.prices()],
  ['spread', '/api/v3/ticker/bookTicker', (feed) => feed.spread('BTC/USDT')],
  ['topByVolume', '/api/v3/ticker/24hr', (feed) => feed.topByVolume(3)],
  ['filters', '/api/v3/exchangeInfo', (feed) => feed.filters('BTC/USDT')],
  ['symbols', '/api/v3/exchangeInfo', (feed) => feed.symbols()],
  ['candles', '/api/v3/klines', (feed) => feed.candles('BTC/USDT', '5m', 50)],
]

const badAnswers: readonly [name: string, answer: StubAnswer, rule: RegExp][] = [
  ['500', { status: 500, body: '{"code":-1000,"msg":"boom"}' }, /HTTP 500 .*boom/],
  ['418 with a page', { status: 418, body: '<html>banned</html>' }, /HTTP 418 <html>banned/],
  ['a redirect', { status: 302, body: '' }, /HTTP 302/],
  ['HTML', { body: '<!doctype html><title>maintenance</title>' }, /Unexpected token '<'/],
  ['truncated JSON', { body: '[{"symbol":"BTCUSDT","pri' }, /Unterminated string/],
  ['nothing', { body: '' }, /Unexpected end of JSON/],
  ['null', { body: 'null' }, /expected (array|object), received null/],
  ['another shape', { body: '{"symbols":{}}' }, /expected array, received object/],
  ['a list of another shape', { body: '[{"symbol":5}]' }, /expected (string|tuple|object)|Invalid input/],
]

describe.each(questions)('%s', (_name, path, ask) => {
  test.each(badAnswers)(
    'answered with %s is VenueUnavailable that names path and rule',
    async (_, answer, rule) => {
      const stub = await stubSaying(path, answer)
      const failure = await failureOf(ask(feedAt(stub.url)))
      expect(failure).toBeInstanceOf(VenueUnavailable)
      expect(failure.message).toMatch(new RegExp(`^${path} of 127\\.0\\.0\\.1:\\d+: `))
      expect(failure.message).toMatch(rule)
      expect(failure.message).not.toContain('\n')
    },
  )
})

test.each(questions.filter(([name]) => name !== 'candles'))(
  '%s answered with an empty list is VenueUnavailable: a market without symbols is a defect of the venue',
  async (_, path, ask) => {
    const stub = await stubSaying(path, { body: path.endsWith('exchangeInfo') ? '{"symbols":[]}' : '[]' })
    const failure = await failureOf(ask(feedAt(stub.url)))
    expect(failure).toBeInstanceOf(VenueUnavailable)
    expect(failure.message).toMatch(new RegExp(`^${path} .*: .*expected array to have >=1 items`))
  },
)

test.each([
  ['a negative price', 'ticker/price', '[{"symbol":"BTCUSDT","price":"-1"}]', '0.price'],
  ['a price that is no number', 'ticker/price', '[{"symbol":"BTCUSDT","price":"1,5"}]', '0.price'],
  ['an endless price', 'ticker/price', '[{"symbol":"BTCUSDT","price":"Infinity"}]', '0.price'],
  ['a price too large for a double', 'ticker/price', '[{"symbol":"BTCUSDT","price":"1e999"}]', '0.price'],
  ['an empty price', 'ticker/price', '[{"symbol":"BTCUSDT","price":""}]', '0.price'],
  [
    'a negative bid',
    'ticker/bookTicker',
    '[{"symbol":"BTCUSDT","bidPrice":"-1","askPrice":"1"}]',
    '0.bidPrice',
  ],
  ['a negative volume', 'ticker/24hr', '[{"symbol":"BTCUSDT","quoteVolume":"-1"}]', '0.quoteVolume'],
  ['a candle with a price of 0', 'klines', '[[0,"1","1","0","1","1"]]', '0.3'],
  ['a candle with a volume below 0', 'klines', '[[0,"1","1","1","1","-1"]]', '0.5'],
  ['a candle without a close', 'klines', '[[0,"1","1","1"]]', '0'],
])('%s is VenueUnavailable that names the place in the answer', async (_, path, body, place) => {
  const stub = await stubSaying(`/api/v3/${path}`, { body })
  const ask = questions.find(([, asked]) => asked.endsWith(path))?.[2]
  const failure = await failureOf(ask?.(feedAt(stub.url)) ?? Promise.resolve())
  expect(failure).toBeInstanceOf(VenueUnavailable)
  expect(failure.message).toContain(` at ${place}`)
})

test('a symbol that is listed without what orders need is named', async () => {
  const listing = await answerOf('/api/v3/exchangeInfo')
  listing.symbols[3].filters = listing.symbols[3].filters.filter(
    ({ filterType }: { filterType: string }) => filterType !== 'LOT_SIZE',
  )
  const stub = await stubSaying('/api/v3/exchangeInfo', { body: JSON.stringify(listing) })
  const failure = await failureOf(feedAt(stub.url).symbols())
  expect(failure).toBeInstanceOf(VenueUnavailable)
  expect(failure.message).toMatch(/exchangeInfo .*SOL\/USDT is listed without LOT_SIZE\.stepSize/)
})

test('a venue that stops in the middle of an answer is given up, and so is one that is not there', async () => {
  const stalled = questions.map(async ([, path, ask]) => {
    const stub = await stubSaying(path, { body: '[{"symbol":"BTCUSDT","price":"1"}]', stall: true })
    return [path, await failureOf(ask(feedAt(stub.url)))] as const
  })
  for (const [path, failure] of await Promise.all(stalled)) {
    expect(failure).toBeInstanceOf(VenueUnavailable)
    expect(failure.message).toMatch(new RegExp(`^${path} .*timeout`))
  }
  const gone = await venueStub(simulator.url)
  await gone.shut()
  for (const [, , ask] of questions) {
    const failure = await failureOf(ask(feedAt(gone.url)))
    expect(failure).toBeInstanceOf(VenueUnavailable)
    expect(failure.message).toMatch(/ECONNREFUSED/)
  }
})

test('without a simulator there is no price, and the next one that comes is asked', async () => {
  let url: string | undefined
  const feedOf = openFeeds({ simulatorUrl: async () => url, marketNow: clock.marketNow, speed: 1 })
  const feed = feedOf({ exchange: 'binance', market: 'spot', mode: 'paper' })
  const failure = await failureOf(feed.prices())
  expect(failure).toBeInstanceOf(VenueUnavailable)
  expect(failure.message).toContain('no simulator is alive')
  url = simulator.url
  expect((await feed.prices()).size).toBe(10)
})

describe('time', () => {
  afterEach(() => vi.restoreAllMocks())

  test('nothing old is given for new once the venue has died', async () => {
    const wall = wallThatJumps()
    const stub = await venueStub(simulator.url)
    const feed = feedAt(stub.url)
    for (const [, , ask] of questions) await ask(feed)
    await stub.shut()
    expect((await feed.prices()).size).toBe(10) // a moment old is fresh
    wall.pass(10 * 60_000)
    for (const [, , ask] of questions) expect(await failureOf(ask(feed))).toBeInstanceOf(VenueUnavailable)
  })

  test('a candle that has closed since makes what was read old at once', async () => {
    const stub = await venueStub(simulator.url)
    const feed = feedAt(stub.url)
    await feed.candles('BTC/USDT', '5m', 50)
    await feed.candles('BTC/USDT', '5m', 50)
    expect(stub.asked.filter((path) => path.includes('klines'))).toHaveLength(1)
    await stub.shut()
    clock.advance(timeframeMs['5m'])
    expect(await failureOf(feed.candles('BTC/USDT', '5m', 50))).toBeInstanceOf(VenueUnavailable)
  })

  test('a fast replay ages what is kept by its own time', async () => {
    const wall = wallThatJumps()
    const stub = await venueStub(simulator.url)
    const feed = feedAt(stub.url, 'spot', clock.marketNow, 100)
    for (let look = 0; look < 3; look += 1) {
      await feed.spread('BTC/USDT')
      await feed.topByVolume(1)
      wall.pass(3_001) // 5 minutes of the market
    }
    for (const path of ['bookTicker', '24hr'])
      expect(stub.asked.filter((asked) => asked.includes(path))).toHaveLength(3)
  })

  test.each(markets)(
    'on %s the kept candles and their tail are what a full answer is, however time goes',
    async (market) => {
      const wall = wallThatJumps()
      const timeframes: readonly [Timeframe, number][] = [
        ['1m', 30],
        ['5m', 60],
        ['1h', 24],
      ]
      const advance = fc.oneof(
        fc.integer({ min: 0, max: 90_000 }),
        fc.constantFrom(...timeframes.map(([timeframe]) => timeframeMs[timeframe])),
        fc.integer({ min: 60_000, max: 3 * 3_600_000 }),
        fc.integer({ min: 0, max: 86_400_000 }),
        fc.constant('to the close' as const),
      )
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom('BTC', 'DOGE'),
          fc.array(advance, { maxLength: 6 }),
          async (base, steps) => {
            const symbol = symbolOf(base, market)
            const kept = feedAt(simulator.url, market)
            for (const step of [0, ...steps]) {
              const hour = timeframeMs['1h']
              clock.advance(step === 'to the close' ? hour - (clock.marketNow() % hour) : step)
              wall.pass(60_000)
              const full = feedAt(simulator.url, market)
              for (const [timeframe, limit] of timeframes) {
                const candles = await kept.candles(symbol, timeframe, limit)
                expect(candles).toHaveLength(limit)
                expect(candles).toEqual(await full.candles(symbol, timeframe, limit))
              }
            }
          },
        ),
        { numRuns: 25 },
      )
    },
  )
})

test('a clock that lags behind the venue loses no candle', async () => {
  let lagMs = 0
  const feed = feedAt(simulator.url, 'spot', () => clock.marketNow() - lagMs)
  await feed.candles('BTC/USDT', '1m', 40)
  for (const minutes of [2, 3, 7, 30]) {
    clock.advance(minutes * timeframeMs['1m'])
    // Of what passed the clock has seen a minute: enough to ask again, not enough to know how much there is.
    lagMs = (minutes - 1) * timeframeMs['1m']
    const candles = await feed.candles('BTC/USDT', '1m', 40)
    lagMs = 0
    expect(candles).toEqual(await feedAt(simulator.url).candles('BTC/USDT', '1m', 40))
  }
})

test('a clock before the last candle still asks for something', async () => {
  const feed = feedAt(simulator.url, 'spot', () => clock.marketNow() - 10 * timeframeMs['1m'])
  const first = await feed.candles('BTC/USDT', '1m', 40)
  const wall = wallThatJumps()
  wall.pass(60_000)
  expect(await feed.candles('BTC/USDT', '1m', 40)).toEqual(first)
  vi.restoreAllMocks()
})

test('many askers at once make one request of each kind, and share its failure', async () => {
  const stub = await venueStub(simulator.url)
  const feed = feedAt(stub.url)
  const all = () => questions.flatMap(([, , ask]) => Array.from({ length: 50 }, () => ask(feed)))
  await feed.symbols()
  stub.asked.length = 0
  stub.answer = () => ({ status: 500, body: 'boom' })
  const failures = (await Promise.allSettled(all())).filter(({ status }) => status === 'rejected')
  expect(failures).toHaveLength(200)
  expect(new Set(stub.asked).size).toBe(4)
  expect(stub.asked).toHaveLength(4)
  stub.answer = () => undefined
  stub.asked.length = 0
  await Promise.all(all())
  expect(stub.asked.map((path) => path.replace(/\?.*/, '').replace('/api/v3/', '')).sort()).toEqual([
    'klines',
    'ticker/24hr',
    'ticker/bookTicker',
    'ticker/price',
  ])
  const cold = feedAt(stub.url)
  stub.asked.length = 0
  await Promise.all(Array.from({ length: 50 }, () => cold.symbols()))
  expect(stub.asked).toEqual(['/api/v3/exchangeInfo'])
})

test.each(markets)('topByVolume on %s is those quoted in USDT, largest first', async (market) => {
  const path = market === 'spot' ? '/api/v3' : '/fapi/v1'
  const listing = await answerOf(`${path}/exchangeInfo`)
  const volumes: { symbol: string; quoteVolume: string }[] = await answerOf(`${path}/ticker/24hr`)
  const [btc] = listing.symbols
  const ltc = listing.symbols.at(-1)
  listing.symbols.push(
    { ...btc, symbol: 'ETHBTC', baseAsset: 'ETH', quoteAsset: 'BTC', marginAsset: 'BTC' },
    { ...btc, symbol: 'OLDUSDT', baseAsset: 'OLD', status: 'BREAK' },
    ...(market === 'futures' ? [{ ...ltc, symbol: 'LTCUSDT_260626', contractType: 'CURRENT_QUARTER' }] : []),
  )
  for (const symbol of ['ETHBTC', 'OLDUSDT', 'LTCUSDT_260626', 'NOTLISTED'])
    volumes.push({ symbol, quoteVolume: '1000000000000000' })
  const stub = await venueStub(simulator.url)
  stub.answer = (asked) =>
    asked.endsWith('exchangeInfo')
      ? { body: JSON.stringify(listing) }
      : asked.endsWith('24hr')
        ? { body: JSON.stringify(volumes) }
        : undefined
  const feed = feedAt(stub.url, market)
  const expected = volumes
    .slice(0, 10)
    .sort((a, b) => Number(b.quoteVolume) - Number(a.quoteVolume))
    .map(({ symbol }) => symbolOf(symbol.replace(/USDT$/, ''), market))
  expect(await feed.topByVolume(100)).toEqual(expected)
  expect(await feed.topByVolume(3)).toEqual(expected.slice(0, 3))
  expect(await feed.topByVolume(0)).toEqual([])
  expect(await feed.filters(symbolOf('OLD', market))).toBeUndefined()
  expect(await feed.symbols()).toHaveLength(11)
})

test.each(markets)('every filter on %s is a plain decimal, however small', async (market) => {
  const path = market === 'spot' ? '/api/v3' : '/fapi/v1'
  const listing = await answerOf(`${path}/exchangeInfo`)
  for (const filter of listing.symbols[0].filters)
    for (const name of ['tickSize', 'stepSize', 'minQty', 'minNotional', 'notional'])
      if (name in filter) filter[name] = '0.000000000100'
  const stub = await stubSaying(`${path}/exchangeInfo`, { body: JSON.stringify(listing) })
  const feed = feedAt(stub.url, market)
  for (const symbol of await feed.symbols()) {
    const filters = await feed.filters(symbol)
    expect(filters?.symbol).toBe(symbol)
    for (const name of ['tickSize', 'stepSize', 'minQuantity', 'minNotional', 'maxQuantity'] as const)
      expect(filters?.[name], `${symbol} ${name}`).toMatch(/^(0\.\d*[1-9]|[1-9]\d*(\.\d*[1-9])?)$/)
  }
  expect(await feed.filters(symbolOf('BTC', market))).toMatchObject({
    tickSize: '0.0000000001',
    stepSize: '0.0000000001',
    minNotional: '0.0000000001',
  })
})

describe('a paper feed', () => {
  test.each(['http://10.0.0.7:8080', 'https://api.binance.com', 'http://127.0.0.1.example.com'])(
    'refuses a simulator at %s',
    async (url) => {
      for (const [, , ask] of questions) {
        const failure = await failureOf(ask(feedAt(url)))
        expect(failure.message).toMatch(/only reach a simulator on this machine/)
      }
    },
  )

  test.each([
    ['asks the simulator', () => simulator.url, /^prices: 10, market: \d+$/m],
    ['refuses another address', () => 'http://192.0.2.1', /only reach a simulator on this machine/],
  ])('%s with proxies in the environment too, and none of them is asked', async (_, url, words) => {
    let proxied = 0
    const proxy = createServer((_incoming, outgoing) => {
      proxied += 1
      outgoing.writeHead(502).end()
    }).on('connect', (_incoming, socket) => {
      proxied += 1
      socket.end()
    })
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
    const address = proxy.address()
    const proxyUrl = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
    const env = {
      HTTP_PROXY: proxyUrl,
      HTTPS_PROXY: proxyUrl,
      http_proxy: proxyUrl,
      https_proxy: proxyUrl,
      NODE_USE_ENV_PROXY: '1',
    }
    const fixture = fileURLToPath(new URL('fixtures/paper-feed.ts', import.meta.url))
    const { output } = await runNode([fixture, url()], { env }).ended
    proxy.close()
    expect(output).toMatch(words)
    expect(proxied).toBe(0)
  })
})

/** Lets what is kept grow old without waiting: the clock by which it ages is moved on. */
function wallThatJumps(): { pass(ms: number): void } {
  const now = performance.now.bind(performance)
  let passedMs = 0
  vi.spyOn(performance, 'now').mockImplementation(() => now() + passedMs)
  return {
    pass(ms) {
      passedMs += ms
    },
  }
}

/** The simulator, but for one path that gets this answer. */
async function stubSaying(path: string, answer: StubAnswer): Promise<VenueStub> {
  const stub = await venueStub(simulator.url)
  stub.answer = (asked) => (asked.startsWith(path) ? answer : undefined)
  return stub
}

// biome-ignore lint/suspicious/noExplicitAny: the venue's own JSON, changed by hand
async function answerOf(path: string): Promise<any> {
  return (await fetch(new URL(path, simulator.url))).json()
}

async function failureOf(asking: Promise<unknown>): Promise<Error> {
  try {
    await asking
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing failed')
}
