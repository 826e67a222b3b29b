import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { type CandleRequest, fetchCandles } from '#src/backtest/candles-from-venue.ts'
import { CandlePages, candleText, pageCandles } from '#src/backtest/candles-from-venue-pages.ts'
import { readCandleFile } from '#src/candles/candle-file.ts'
import { type Candle, timeframeMs } from '#src/domain/candle.ts'
import { UserError } from '#src/errors.ts'
import { manualClock } from '#src/simulator/clock.ts'
import { startSimulator } from '#src/simulator/simulator.ts'
import { syntheticTape } from '#src/simulator/tape/synthetic.ts'
import { venueStub } from '../support/venue-stub.ts'

vi.setConfig({ testTimeout: 60_000 })
const nowMs = Date.UTC(2026, 5, 17, 13, 27, 41, 500)
const clock = manualClock(nowMs)
const simulator = await startSimulator({ tape: syntheticTape(7, nowMs), clock, enforceLimits: false })
afterAll(() => simulator.stop())
const [fiveMs, dayMs] = [timeframeMs['5m'], timeframeMs['1d']]

const root = mkdtempSync(join(tmpdir(), 'bullpen-candles-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(root, 'cache-'))
})

const week: CandleRequest = {
  exchange: 'binance',
  market: 'spot',
  symbol: 'BTC/USDT',
  timeframe: '5m',
  fromMs: Date.UTC(2026, 5, 1),
  toMs: Date.UTC(2026, 5, 8),
}

/** Waits that tests do not wait for, and what was told about them. */
function quick(address = simulator.url) {
  const waits: number[] = []
  const notes: string[] = []
  const progress: number[] = []
  return {
    waits,
    notes,
    progress,
    folder,
    address,
    sleep: async (ms: number) => void waits.push(ms),
    onProgress(done: number, note?: string) {
      if (note === undefined) progress.push(done)
      else notes.push(note)
    },
  }
}

/** The address of a venue that has listed its symbols at `listedMs` and lacks some candles since. */
async function venueWithout(isOut: (openTimeMs: number) => boolean, listedMs = 0): Promise<string> {
  const server = createServer(async (incoming, outgoing) => {
    const url = new URL(incoming.url ?? '/', simulator.url)
    const from = Number(url.searchParams.get('startTime') ?? 0)
    if (from > 0) url.searchParams.set('startTime', String(Math.max(from, listedMs)))
    const body = await (await fetch(url)).json()
    const rows = Array.isArray(body) ? body.filter(([time]) => !isOut(time)) : body
    outgoing.end(JSON.stringify(rows))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => void server.close())
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
}

function timesOf(file: string): number[] {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => Number(line.split(',')[0]))
}

function pageFiles(): string[] {
  return readdirSync(join(folder, 'binance-spot', 'BTCUSDT-5m')).map((name) =>
    join(folder, 'binance-spot', 'BTCUSDT-5m', name),
  )
}

describe('what cannot be fetched is one line', () => {
  const cases: readonly [name: string, change: Partial<CandleRequest>, line: string][] = [
    [
      'a time that ends before it begins',
      { toMs: week.fromMs },
      'the time to fetch, from 2026-06-01T00:00Z to 2026-06-01T00:00Z, ends before it begins',
    ],
    ['another venue', { exchange: 'okx' }, 'this build has no market data of okx spot yet'],
    ['a symbol that is not there', { symbol: 'NOPE/USDT' }, 'binance spot does not list NOPE/USDT'],
    [
      'the future',
      { fromMs: nowMs + dayMs, toMs: nowMs + 2 * dayMs },
      'binance spot has no 5m candles of BTC/USDT from 2026-06-18T13:27Z to 2026-06-19T13:27Z',
    ],
  ]
  test.each(cases)('%s', async (_, change, line) => {
    await expect(fetchCandles({ ...week, ...change }, quick())).rejects.toThrow(new UserError(line))
  })

  test('a venue that is not there, after three attempts; one that errs, with its words', async () => {
    const stub = await venueStub(simulator.url)
    stub.answer = () => ({ status: 503, body: '{"msg":"maintenance"}' })
    const erring = quick(stub.url)
    await expect(fetchCandles(week, erring)).rejects.toThrow(
      /^binance spot: \/api\/v3\/exchangeInfo of 127\.0\.0\.1:\d+: HTTP 503 \{"msg":"maintenance"\}, 3 times$/,
    )
    expect(stub.asked).toHaveLength(3)
    expect(erring.waits).toEqual([1_000, 2_000])
    expect(erring.notes[0]).toMatch(/^binance spot: .*HTTP 503.*; asking again in 1 s$/)
    await stub.shut()
    await expect(fetchCandles(week, quick(stub.url))).rejects.toThrow(/ECONNREFUSED.*3 times$/)
  })

  test('candles out of order, and a folder that cannot be written', async () => {
    const stub = await venueStub(simulator.url)
    const rows = [0, 1, 1].map((step) => [week.fromMs + step * fiveMs, '1', '1', '1', '1', '1'])
    stub.answer = (path) => (path.includes('klines') ? { body: JSON.stringify(rows) } : undefined)
    await expect(fetchCandles(week, quick(stub.url))).rejects.toThrow(
      /BTCUSDT-5m has a candle of \d+ where one after \d+ is due/,
    )
    const file = join(folder, 'file')
    writeFileSync(file, '')
    await expect(fetchCandles(week, { ...quick(), folder: file })).rejects.toThrow(
      /\.csv cannot be written: E/,
    )
  })

  test('of a run that fails no file stays that could be taken for one', async () => {
    const stub = await venueStub(simulator.url)
    let pages = 0
    stub.answer = (path) => (path.includes('klines') && ++pages > 1 ? { status: 500, body: '{}' } : undefined)
    await expect(fetchCandles(week, quick(stub.url))).rejects.toThrow(UserError)
    const left = readdirSync(join(folder, 'binance-spot'), { recursive: true, encoding: 'utf8' })
    expect(left.filter((name) => name.includes('partial') || name.startsWith('binance-'))).toEqual([])
    expect(pageFiles()).toHaveLength(1)
  })
})

test('a rate limit is waited for as long as the venue says, and no longer than one waits for', async () => {
  const stub = await venueStub(simulator.url)
  let refusals = 1
  let seconds = '7'
  stub.answer = (path) =>
    path.includes('klines') && refusals-- > 0
      ? {
          status: 429,
          body: '{"code":-1003,"msg":"Too much request weight used"}',
          headers: { 'retry-after': seconds },
        }
      : undefined
  const patient = quick(stub.url)
  const fetched = await fetchCandles(week, patient)
  expect(fetched.gaps).toEqual([])
  expect(patient.waits).toContain(7_000)
  expect(patient.notes).toEqual([expect.stringMatching(/HTTP 429 .*; asking again in 7 s$/)])
  refusals = 1
  seconds = '3600'
  rmSync(folder, { recursive: true })
  await expect(fetchCandles(week, quick(stub.url))).rejects.toThrow(
    /HTTP 429.*it asks for 60 minutes of patience/,
  )
})

describe('a venue that asks for patience in words of its own', () => {
  const refusals = {
    bybit: { status: 403, body: '{"retCode":403,"retMsg":"access too frequent"}' },
    kraken: { status: 200, body: '{"error":["EGeneral:Too many requests"]}' },
  } as const
  const isCandles = (path: string) => /kline|OHLC/.test(path)

  test('is waited for as long as it says', async () => {
    const stub = await venueStub(simulator.url)
    let left = 1
    stub.answer = (path) => (isCandles(path) && left-- > 0 ? refusals.kraken : undefined)
    const patient = quick(stub.url)
    const lately = { ...week, exchange: 'kraken', fromMs: nowMs - dayMs, toMs: nowMs } as const
    const fetched = await fetchCandles(lately, patient)
    expect(fetched.candles).toBeGreaterThan(200)
    expect(patient.waits).toContain(10_000)
    expect(patient.notes).toEqual([
      expect.stringMatching(/^kraken spot: .*EGeneral:Too many requests.*; asking again in 10 s$/),
    ])
  })

  test('and is not asked again where that is longer than one waits for: it would only ask for more', async () => {
    const stub = await venueStub(simulator.url)
    stub.answer = (path) => (isCandles(path) ? refusals.bybit : undefined)
    const patient = quick(stub.url)
    await expect(fetchCandles({ ...week, exchange: 'bybit' }, patient)).rejects.toThrow(
      /^bybit spot: .*HTTP 403.*access too frequent.*; it asks for 10 minutes of patience: try again then$/,
    )
    expect(stub.asked.filter(isCandles)).toHaveLength(1)
    expect(patient.notes).toEqual([])
  })
})

describe('what was fetched', () => {
  test('is every candle of the time, as the venue gives it; a second run asks for nothing', async () => {
    const first = quick()
    const fetched = await fetchCandles(week, first)
    expect(fetched).toMatchObject({ candles: 2016, gaps: [], requests: 4 }) // the listing, and three pages
    expect(fetched.file).toMatch(/binance-spot\/binance-BTCUSDT-5m-20260601T0000_20260608T0000\.csv$/)
    expect(first.waits).toEqual([100, 100, 100]) // the venue's weight is for trading
    expect(first.progress.at(-1)).toBe(1)
    const [block] = readCandleFile(fetched.file, { stepMs: fiveMs, grid: 'utc' })
    expect(block?.length).toBe(2016)
    const answer = await fetch(
      `${simulator.url}/api/v3/klines?symbol=BTCUSDT&interval=5m&limit=1000&startTime=${week.fromMs}`,
    )
    const rows = (await answer.json()) as [number, ...string[]][]
    const lines = readFileSync(fetched.file, 'utf8').split('\n').slice(1, 1001)
    for (const [i, [time, ...prices]] of rows.entries())
      expect(lines[i]?.split(',').map(Number)).toEqual([time, ...prices.slice(0, 5).map(Number)])
    const text = readFileSync(fetched.file, 'utf8')

    const second = quick('http://127.0.0.1:1')
    const again = await fetchCandles(week, second)
    expect(again).toEqual({ ...fetched, requests: 0 })
    expect(second.progress).toEqual([])
    expect(readFileSync(again.file, 'utf8')).toBe(text)
  })

  test('a page that is not whole is never read', async () => {
    const { file } = await fetchCandles(week, quick())
    const text = readFileSync(file, 'utf8')
    const [one = '', two = '', three = ''] = pageFiles()
    truncateSync(one, 20_000)
    writeFileSync(two, readFileSync(two, 'utf8').replace(/\n\d+,/, '\n0,'))
    writeFileSync(three, '')
    const again = await fetchCandles(week, quick())
    expect(again.requests).toBe(4)
    expect(readFileSync(again.file, 'utf8')).toBe(text)
  })

  test('ends with the last candle that is over, and the page it stands in is asked for again', async () => {
    const running = { ...week, fromMs: nowMs - 5 * dayMs, toMs: nowMs + dayMs }
    const fetched = await fetchCandles(running, quick())
    const forming = Math.floor(nowMs / fiveMs) * fiveMs
    expect(timesOf(fetched.file).at(-1)).toBe(forming - fiveMs)
    expect(fetched.gaps).toEqual([
      `BTC/USDT 5m ends at 2026-06-17T13:25Z: the venue has nothing after that is over`,
    ])
    const again = await fetchCandles(running, quick())
    expect(again.requests).toBe(2)
  })

  test('begins where the venue begins, which takes no request for each page before', async () => {
    const listedMs = Date.UTC(2026, 5, 5, 12)
    const url = await venueWithout(() => false, listedMs)
    const asked = quick(url)
    const { progress } = asked
    const fetched = await fetchCandles({ ...week, fromMs: Date.UTC(2020, 0, 1) }, asked)
    expect(progress.length).toBeLessThanOrEqual(20)
    expect(fetched.requests).toBe(4) // the listing, the page asked for first, and the two that there are
    expect(timesOf(fetched.file)[0]).toBe(listedMs)
    expect(fetched.gaps).toEqual(['BTC/USDT 5m begins at 2026-06-05T12:00Z: the venue has nothing before'])
  })

  test('tells what is missing in between, and asks for it again', async () => {
    const isOut = (time: number) =>
      (time >= week.fromMs + dayMs && time < week.fromMs + dayMs + 12 * fiveMs) ||
      time === week.fromMs + 3 * dayMs
    const fetched = await fetchCandles(week, quick(await venueWithout(isOut)))
    expect(fetched.candles).toBe(2016 - 13)
    expect(fetched.gaps).toEqual([
      'BTC/USDT 5m has 2 gaps with 13 candles missing, the longest of 12 from 2026-06-02T00:00Z on',
    ])
    const whole = await fetchCandles(week, quick())
    expect(whole).toMatchObject({ candles: 2016, gaps: [] })
    expect(whole.requests).toBeGreaterThan(1)
  })

  test('of futures is kept apart from spot', async () => {
    const spot = await fetchCandles(week, quick())
    const futures = await fetchCandles({ ...week, market: 'futures' }, quick())
    expect(futures.file).toBe(spot.file.replace('binance-spot', 'binance-futures'))
    expect(futures.requests).toBe(4)
  })
})

test('a page keeps each number as it is, a coin of a billionth too', async () => {
  const pages = new CandlePages(join(folder, 'pages'), fiveMs)
  const candles = Array.from({ length: pageCandles }, (_, i): Candle => {
    const price = 1.2345e-9 * (i + 1)
    return {
      openTimeMs: i * fiveMs,
      open: price,
      high: price * 2,
      low: price / 3,
      close: price,
      volume: 1e15 / (i + 1),
    }
  })
  await pages.keep(0, candles)
  const read = pages.read(0) ?? []
  for (const [i, candle] of candles.entries())
    for (const [name, value] of Object.entries(candle))
      expect(Math.abs((read[i]?.[name as keyof Candle] ?? 0) - value)).toBeLessThanOrEqual(
        Math.abs(value) * 1e-9,
      )
  expect(candles.map(candleText).join('')).not.toMatch(/e/)
})
