import { describe, expect, test } from 'vitest'
import { candleName, fundingName } from '#src/candles/candle-name.ts'

describe('what a file is called', () => {
  test.each([
    ['/a/binance-BTCUSDT-5m-2025-01_2025-04.csv.gz', 'BTC/USDT', '5m'],
    ['BTCUSDT-1m.csv', 'BTC/USDT', '1m'],
    ['binancefut-DOTUSDT-1m-2025-11.csv.gz', 'DOT/USDT', '1m'],
    ['kraken-ETHBTC-1d_all.csv', 'ETH/BTC', '1d'],
    ['1000PEPEUSDT-15m.csv', '1000PEPE/USDT', '15m'],
    ['BTCFDUSD-4h.csv', 'BTC/FDUSD', '4h'],
  ])('%s', (path, symbol, timeframe) => {
    expect(candleName(path)).toEqual({ path, symbol, timeframe })
  })

  test.each([
    ['BTC/USDT=/a/b=c.csv', '/a/b=c.csv', 'BTC/USDT'],
    ['BTCUSDT=x.csv', 'x.csv', 'BTC/USDT'],
  ])('%s names its symbol, and its rows tell the length', (text, path, symbol) => {
    expect(candleName(text)).toEqual({ path, symbol })
  })

  test.each([
    ['candles.csv', 'candles.csv: the name is not <venue>-<SYMBOL>-<timeframe>'],
    ['BTCUSDT-7m.csv', 'BTCUSDT-7m.csv: 7m is not one of 1m, 3m'],
    ['BTCXYZ-5m.csv', 'BTCXYZ-5m.csv: no known quote currency ends the symbol BTCXYZ'],
    ['XYZ=a.csv', 'XYZ=a.csv: no known quote currency ends the symbol XYZ'],
    ['BTCUSDT-5m.json', 'BTCUSDT-5m.json: the name is not'],
  ])('%s is refused', (text, message) => {
    expect(() => candleName(text)).toThrow(message)
  })

  test('funding', () => {
    const path = 'binancefut-SOLUSDT-funding-2025-01_2025-11.csv'
    expect(fundingName(path)).toEqual({ path, symbol: 'SOL/USDT' })
    expect(fundingName('SOL/USDT=f.csv')).toEqual({ path: 'f.csv', symbol: 'SOL/USDT' })
    expect(() => fundingName('funding.csv')).toThrow('the name is not <venue>-<SYMBOL>-funding')
  })
})
