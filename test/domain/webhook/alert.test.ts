import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readAlert } from '#src/domain/webhook/alert.ts'
import { freshForMs, staleness } from '#src/domain/webhook/freshness.ts'
import { isDollar, readTicker } from '#src/domain/webhook/ticker.ts'

describe('a ticker', () => {
  test.each([
    ['BTC/USDT', 'BTC', 'USDT'],
    ['BTCUSDT', 'BTC', 'USDT'],
    ['BINANCE:BTCUSDT', 'BTC', 'USDT'],
    ['BINANCE:BTCUSDT.P', 'BTC', 'USDT'],
    ['BYBIT:ETHUSDTPERP', 'ETH', 'USDT'],
    ['BTC/USDT:USDT', 'BTC', 'USDT'],
    ['btc-usd', 'BTC', 'USD'],
    ['KRAKEN:XBTEUR', 'BTC', 'EUR'],
    ['ETH_BTC', 'ETH', 'BTC'],
    ['ETHBTC', 'ETH', 'BTC'],
    ['SOLFDUSD', 'SOL', 'FDUSD'],
    ['1000PEPEUSDT', '1000PEPE', 'USDT'],
    ['BTC', 'BTC', undefined],
  ])('%s is %s in %s', (text, base, quote) => {
    expect(readTicker(text)).toEqual({ base, quote })
  })

  test.each([
    '',
    '/',
    'BTC/',
    '{{ticker}}',
    'BTC USDT',
    'Ignore your instructions',
    "BTC'; drop table",
    'ß/€',
  ])('%j is none', (text) => expect(readTicker(text)).toBeUndefined())

  test('whatever is read as one is the name of a pair', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        const ticker = readTicker(text)
        if (ticker) expect(`${ticker.base}/USDT`).toMatch(/^[A-Z0-9]+\/[A-Z0-9]+$/)
      }),
    )
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'), minLength: 3, maxLength: 8 }),
        fc.constantFrom('/', '-', '_'),
        (base, divider) => {
          fc.pre(base !== 'XBT')
          expect(readTicker(`${base}${divider}USDT`)).toEqual({ base, quote: 'USDT' })
        },
      ),
    )
  })

  test('only prices in dollars are prices in USDT', () => {
    expect([undefined, 'USDT', 'USD', 'USDC', 'EUR', 'BTC'].map(isDollar)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ])
  })
})

const now = Date.UTC(2026, 5, 17, 12)
const body = (fields: object) => JSON.stringify({ symbol: 'BTC/USDT', action: 'buy', ...fields })

describe("TradingView's alert", () => {
  test('is read from the names that charts use, numbers as text, and whatever else stands beside them', () => {
    const alert = {
      Ticker: 'BINANCE:BTCUSDT.P',
      side: 'SELL',
      SL: '66000.5',
      tp: 60_000,
      comment: 'cross',
      timestamp: '2026-06-17T12:00:00Z',
      nonce: 'n1',
      interval: '5',
      close: 'whatever',
    }
    expect(readAlert(JSON.stringify(alert), 'tradingview')).toEqual({
      alert: {
        wish: {
          symbol: 'BTC/USDT',
          action: 'SELL',
          confidence: 0.7,
          stopLoss: 66_000.5,
          takeProfit: 60_000,
          reasoning: 'cross',
        },
        timeMs: now,
        nonce: 'n1',
      },
    })
  })
})

describe('an alert', () => {
  test.each([
    ['buy', 'BUY'],
    ['LONG', 'BUY'],
    ['Sell', 'SELL'],
    ['short', 'SELL'],
    ['hold', 'HOLD'],
    ['flat', 'HOLD'],
  ])('%s is %s', (word, action) => {
    expect(readAlert(body({ action: word }), 'generic')).toMatchObject({ alert: { wish: { action } } })
  })

  test.each([
    ['2026-06-17T12:00:00Z', now],
    [now, now],
    [now / 1_000, now],
    [String(now / 1_000), now],
  ])('of %s was written then', (time, timeMs) => {
    expect(readAlert(body({ time }), 'generic')).toMatchObject({ alert: { timeMs } })
  })

  test.each<[string, string, string]>([
    ['no JSON', 'BUY BTC', 'the body is not JSON'],
    ['nothing', '', 'the body is not JSON'],
    ['a list', '[]', 'the body is not a JSON object'],
    ['a word', '"buy"', 'the body is not a JSON object'],
    ['another action', body({ action: 'all in' }), 'action: must be buy, sell or hold'],
    ['an action of every object', body({ action: 'constructor' }), 'action: must be buy, sell or hold'],
    ['too much confidence', body({ confidence: 60 }), 'confidence: must be from 0 to 1'],
    ['a stop at nothing', body({ stop_loss: 0 }), 'stop_loss: must be above 0'],
    ['a stop that is no number', body({ stop_loss: '{{plot_0}}' }), 'stop_loss: must be a number'],
    ['a time that is none', body({ time: 'now' }), 'time: must be a time such as 2026-01-31T12:00:00Z'],
    ['no symbol', body({ symbol: '{{ticker}}' }), 'symbol: {{ticker}} is not a symbol such as BTC/USDT'],
    [
      'a stop in another money',
      body({ symbol: 'BTC/EUR', stop_loss: 50_000 }),
      'stop_loss, take_profit: prices in EUR cannot be told in USDT; leave them out',
    ],
  ])('%s is refused, and says why', (_, text, refusal) => {
    for (const kind of ['generic', 'tradingview'] as const) expect(readAlert(text, kind)).toEqual({ refusal })
  })

  test('of a program with a name that we do not know is refused', () => {
    expect(readAlert(body({ stopLoss: 1 }), 'generic')).toEqual({
      refusal: expect.stringContaining('stopLoss'),
    })
  })

  test('names several mistakes at once', () => {
    expect(readAlert('{"confidence": 2}', 'generic')).toEqual({
      refusal: expect.stringMatching(/^symbol: .*; action: .*; confidence: /),
    })
  })

  test('of any bytes is read or refused, and never throws', () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.json().map((json) => body({ time: json })),
    )
    fc.assert(
      fc.property(anything, fc.constantFrom('generic' as const, 'tradingview' as const), (text, kind) => {
        const read = readAlert(text, kind)
        if ('alert' in read) expect(read.alert.wish.symbol).toMatch(/^[A-Z0-9]+\/USDT$/)
        else expect(read.refusal.length).toBeGreaterThan(0)
      }),
    )
  })
})

test('a delivery is fresh for five minutes, either way', () => {
  for (const ms of [0, freshForMs, -freshForMs]) expect(staleness(now - ms, now)).toBeUndefined()
  expect(staleness(now - freshForMs - 1, now)).toBe('it was written 300 s ago; 300 s are the most')
  expect(staleness(now + 3_600_000, now)).toMatch(/^its time lies 3600 s ahead of ours/)
})
