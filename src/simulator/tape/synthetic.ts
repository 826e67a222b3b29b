import { timeframeMs } from '../../candles/timeframe.ts'
import { aggregate, type Candle } from './candle.ts'
import { syntheticCoins } from './synthetic-coins.ts'
import { firstHour } from './synthetic-hours.ts'
import { type Stretch, SyntheticPath } from './synthetic-path.ts'
import type { CandleQuery, PricePoint, Tape } from './tape.ts'

const minuteMs = 60_000
const fiveMs = 300_000
const firstMs = firstHour * 3_600_000

/**
 * The generated market: ten coins in USDT, one price per second, a pure function of the seed and the time, so that a
 * restart and a second process see the same prices. Its market time is wall time.
 */
export function syntheticTape(seed: number, nowMs: number): Tape {
  const path = new SyntheticPath(seed)
  const coins = new Map(syntheticCoins.map((coin, index) => [coin.symbol, { ...coin, index }]))

  function coinOrThrow(symbol: string) {
    const coin = coins.get(symbol)
    if (coin === undefined) throw new Error(`the synthetic market has no ${symbol}`)
    return coin
  }

  function candle(symbol: string, stretch: Stretch, time: number): Candle {
    const { decimals, lotDecimals } = coinOrThrow(symbol)
    return {
      time,
      open: rounded(stretch.open, decimals),
      high: rounded(stretch.high, decimals),
      low: rounded(stretch.low, decimals),
      close: rounded(stretch.close, decimals),
      volume: stretch.lots / 10 ** lotDecimals,
    }
  }

  /** The minute at `nowMs` as far as it has come. */
  function forming(symbol: string, nowMs: number): Candle {
    const { index, decimals, lotDecimals } = coinOrThrow(symbol)
    const minute = Math.floor(nowMs / minuteMs)
    const passed = Math.floor((nowMs % minuteMs) / 1000) + 1
    const ticks = path.seconds(index, minute).subarray(0, passed)
    const lots = Math.floor((path.minute(index, minute).lots * passed) / 60)
    return {
      time: minute * minuteMs,
      open: rounded(ticks[0] as number, decimals),
      high: rounded(Math.max(...ticks), decimals),
      low: rounded(Math.min(...ticks), decimals),
      close: rounded(ticks[passed - 1] as number, decimals),
      volume: lots / 10 ** lotDecimals,
    }
  }

  /** The smallest candles that make up [fromMs, nowMs]: fives where they are whole, minutes at the end or when asked for. */
  function* pieces(symbol: string, fromMs: number, untilMs: number, nowMs: number, bucketMs: number) {
    const { index } = coinOrThrow(symbol)
    let time = fromMs
    if (bucketMs % fiveMs === 0) {
      for (; time + fiveMs <= Math.min(untilMs, nowMs); time += fiveMs) {
        yield candle(symbol, path.five(index, time / fiveMs), time)
      }
    }
    for (; time + minuteMs <= Math.min(untilMs, nowMs); time += minuteMs) {
      yield candle(symbol, path.minute(index, time / minuteMs), time)
    }
    if (time <= nowMs && time < untilMs) yield forming(symbol, nowMs)
  }

  return {
    source: 'synthetic',
    identity: `synthetic ${seed}`,
    listings: syntheticCoins.map((coin) => ({
      symbol: coin.symbol,
      base: coin.symbol.split('/')[0] as string,
      quote: 'USDT',
      priceDecimals: coin.decimals,
      quantityDecimals: coin.lotDecimals,
    })),
    startsAt: nowMs,
    endsAt: Number.POSITIVE_INFINITY,
    speed: 1,

    priceAt(symbol, marketMs) {
      const { index, decimals } = coinOrThrow(symbol)
      const second = Math.floor(marketMs / 1000)
      const ticks = path.seconds(index, Math.floor(second / 60))
      return rounded(ticks[second % 60] as number, decimals)
    },

    *pointsBetween(symbol, afterMs, untilMs): Generator<PricePoint> {
      const { index, decimals } = coinOrThrow(symbol)
      for (let second = Math.floor(afterMs / 1000) + 1; second * 1000 <= untilMs; second++) {
        const ticks = path.seconds(index, Math.floor(second / 60))
        yield { time: second * 1000, price: rounded(ticks[second % 60] as number, decimals) }
      }
    },

    candles(symbol, query: CandleQuery, nowMs) {
      const bucketMs = timeframeMs[query.timeframe]
      const latest = Math.floor(Math.min(query.toMs ?? nowMs, nowMs) / bucketMs) * bucketMs
      const wanted = Math.ceil((query.fromMs ?? 0) / bucketMs) * bucketMs
      const earliest = Math.max(
        Math.ceil(firstMs / bucketMs) * bucketMs,
        query.fromMs === undefined ? latest - (query.limit - 1) * bucketMs : wanted,
      )
      const until = Math.min(latest, earliest + (query.limit - 1) * bucketMs) + bucketMs
      return aggregate(pieces(symbol, earliest, until, nowMs, bucketMs), bucketMs)
    },
  }
}

function rounded(logPrice: number, decimals: number): number {
  const scale = 10 ** decimals
  return Math.round(Math.exp(logPrice) * scale) / scale
}
