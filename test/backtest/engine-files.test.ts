import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { CandleFeed } from '#src/backtest/cursor.ts'
import { filtersFrom } from '#src/backtest/filters.ts'
import { readFunding } from '#src/backtest/funding-file.ts'
import { recordedCandles } from '#src/backtest/recorded-candles.ts'
import { readSettings } from '#src/backtest/settings-file.ts'
import { readSignals } from '#src/backtest/signal-file.ts'
import { newBlock } from '#src/candles/candle-block.ts'
import { candleName } from '#src/candles/candle-name.ts'

const folder = mkdtempSync(join(tmpdir(), 'bullpen-files-'))
function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}
/** The message without the folder. */
function complaint(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    return (error as Error).message.replaceAll(`${folder}/`, '')
  }
  return 'nothing'
}

describe('a signal file', () => {
  const header = 'time_ms,symbol,action,confidence,stop_loss,take_profit'
  const read = (text: string) => readSignals(file('s.csv', text), ['BTC/USDT'])

  test('is read in any order of columns, with prices where they are given', () => {
    expect(read(`${header}\n1000,BTCUSDT,buy,0.5,99.5,\n2000, BTC/USDT ,SELL,1,,110\r\n\n`)).toEqual([
      { timeMs: 1000, symbol: 'BTC/USDT', action: 'BUY', confidence: 0.5, stopLoss: 99.5 },
      { timeMs: 2000, symbol: 'BTC/USDT', action: 'SELL', confidence: 1, takeProfit: 110 },
    ])
    expect(read('confidence,action,symbol,time_ms\n0.5,HOLD,BTC/USDT,7')).toEqual([
      { timeMs: 7, symbol: 'BTC/USDT', action: 'HOLD', confidence: 0.5 },
    ])
  })

  test.each([
    ['no header', '1000,BTC/USDT,BUY,1', 's.csv: line 1 lacks time_ms; the columns are'],
    ['a column of its own', `${header},size\n`, 's.csv: line 1 has "size"; the columns are'],
    ['no rows', header, 's.csv: no signals'],
    [
      'a bad time',
      `${header}\nsoon,BTC/USDT,BUY,1,,`,
      's.csv: line 2: time_ms "soon" is not a time in milliseconds',
    ],
    ['a bad symbol', `${header}\n1,?,BUY,1,,`, 's.csv: line 2: symbol "?" is not a pair such as BTC/USDT'],
    [
      'a bad action',
      `${header}\n1,BTC/USDT,WAIT,1,,`,
      's.csv: line 2: action "WAIT" is not BUY, SELL or HOLD',
    ],
    [
      'confidence in percent',
      `${header}\n1,BTC/USDT,BUY,80,,`,
      's.csv: line 2: confidence "80" is not between 0 and 1',
    ],
    ['no confidence', `${header}\n1,BTC/USDT,BUY,,,`, 's.csv: line 2: confidence "" is not between 0 and 1'],
    [
      'a bad price',
      `${header}\n1,BTC/USDT,BUY,1,-3,`,
      's.csv: line 2: stop_loss "-3" is not a price above 0',
    ],
    [
      'time going back',
      `${header}\n2,BTC/USDT,BUY,1,,\n1,BTC/USDT,BUY,1,,`,
      's.csv: line 3: time 1 comes before 2',
    ],
    ['a strange symbol', `${header}\n1,ETH/USDT,BUY,1,,`, 's.csv: line 2: there are no candles of ETH/USDT'],
  ])('%s is refused', (_, text, message) => {
    expect(complaint(() => read(text))).toContain(message)
  })
})

describe('a settings file', () => {
  const read = (text: string) => readSettings(file('x.json', text))

  test('names user settings; null switches off', () => {
    expect(read('{"risk_level": 7, "take_profit_pct": null, "protections": {"cooldown": null}}')).toEqual({
      risk_level: 7,
      take_profit_pct: null,
      protections: { cooldown: null },
    })
  })

  test.each([
    ['not JSON', '{', 'x.json: cannot be read ('],
    ['a list', '[]', 'x.json: is not an object of settings'],
    ['an unknown key', '{"leverge": 3}', 'x.json: there is no setting leverge'],
    ['an unknown key inside', '{"protections": {"cool": 1}}', 'x.json: there is no setting protections.cool'],
    ['null where it cannot be', '{"max_positions": null}', 'x.json: max_positions null: '],
    ['two at once', '{"risk_level": 11, "leverage": 0}', 'x.json: risk_level 11: '],
  ])('%s is refused in one line', (_, text, message) => {
    const said = complaint(() => read(text))
    expect(said).toContain(message)
    expect(said).not.toContain('\n')
  })
})

describe('a funding file', () => {
  const read = (text: string) => readFunding(file('f.csv', text))

  test('is a list of moments and rates', () => {
    expect(read('time_ms,funding_rate\n0,0.0001\n28800000,-0.00005\n')).toEqual([
      { timeMs: 0, rate: 0.0001 },
      { timeMs: 28_800_000, rate: -0.00005 },
    ])
  })

  test.each([
    ['another header', 'a,b\n', 'f.csv: line 1 is not "time_ms,funding_rate"'],
    ['a word', 'time_ms,funding_rate\n0,x', 'f.csv: line 2: "x" is not a rate'],
    ['nothing', 'time_ms,funding_rate\n0,', 'f.csv: line 2: "" is not a rate'],
    ['time going back', 'time_ms,funding_rate\n5,0\n5,0', 'f.csv: line 3: time 5 does not come after 5'],
  ])('%s is refused', (_, text, message) => {
    expect(complaint(() => read(text))).toContain(message)
  })
})

describe('recorded candles', () => {
  const rows = (from: number, to: number) =>
    `time_ms,open,high,low,close,volume\n${Array.from({ length: to - from }, (_, n) => `${(from + n) * 60_000},1,2,0.5,1.5,3`).join('\n')}\n`
  const times = async (stream: CandleFeed) => {
    const all: number[] = []
    for await (const { length, time } of stream) all.push(...time.subarray(0, length))
    return all
  }

  test('files of one symbol and length follow each other, in whatever order they are named; gaps are counted', async () => {
    const [second, first] = [file('b-BTCUSDT-1m-2.csv', rows(10, 20)), file('a-BTCUSDT-1m-1.csv', rows(0, 8))]
    const [candles, ...others] = await recordedCandles([second, first].map(candleName))
    expect(others).toEqual([])
    expect(await times(candles?.stream() ?? [])).toHaveLength(18)
    expect(candles).toMatchObject({ symbol: 'BTC/USDT', timeframe: '1m', firstMs: 0 })
    expect(candles?.gaps).toEqual({ count: 1, longestMs: 120_000, atMs: 480_000 })
  })

  test('files that overlap are refused', async () => {
    const names = [file('c-BTCUSDT-1m-1.csv', rows(0, 8)), file('d-BTCUSDT-1m-2.csv', rows(7, 9))].map(
      candleName,
    )
    const [candles] = await recordedCandles(names)
    await expect(times(candles?.stream() ?? [])).rejects.toThrow(
      /d-BTCUSDT-1m-2\.csv: overlaps .*c-BTCUSDT-1m-1\.csv/,
    )
  })

  test('the spacing of the rows is the length where the name does not say it', async () => {
    const [candles] = await recordedCandles([candleName(`BTC/USDT=${file('rows.csv', rows(0, 5))}`)])
    expect(candles).toMatchObject({ timeframe: '1m', stepMs: 60_000 })
    const odd = file('odd.csv', 'time_ms,open,high,low,close,volume\n0,1,2,0.5,1.5,3\n7000,1,2,0.5,1.5,3\n')
    await expect(recordedCandles([candleName(`BTC/USDT=${odd}`)])).rejects.toThrow(
      'odd.csv: its rows are 7 s apart, which is not one of 1m, 3m',
    )
  })
})

test('filters come from the decimals of the first rows, and are never coarser than a venue', () => {
  const filters = (price: number, volume: number, market: 'spot' | 'futures' = 'spot') => {
    const block = newBlock(1)
    block.length = 1
    for (const column of [block.open, block.high, block.low, block.close]) column[0] = price
    block.volume[0] = volume
    const { tickSize, stepSize, minNotional, maxLeverage } = filtersFrom('BTC/USDT', block, market)
    return [tickSize, stepSize, minNotional, maxLeverage]
  }
  expect(filters(93_702.15, 45.9416)).toEqual(['0.01', '0.0000001', '5', undefined])
  expect(filters(0.8512, 432_140.6)).toEqual(['0.0001', '0.01', '5', undefined])
  expect(filters(100, 10)).toEqual(['0.01', '0.0001', '5', undefined])
  expect(filters(100, 10, 'futures')).toEqual(['0.01', '0.0001', '5', 125])
})
