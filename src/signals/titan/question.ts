import type { Candle } from '../../domain/candle.ts'
import { Adx } from '../../domain/market/adx.ts'
import { Atr } from '../../domain/market/atr.ts'
import { Bollinger } from '../../domain/market/bollinger.ts'
import { Ema } from '../../domain/market/ema.ts'
import { emaStack } from '../../domain/market/ema-stack.ts'
import { Macd } from '../../domain/market/macd.ts'
import { closedCandlesOf, type MarketContext } from '../../domain/market/market-context.ts'
import { Rsi } from '../../domain/market/rsi.ts'
import { lastOf, meanOfLast, series } from '../../domain/market/series.ts'
import { dailyVolatility } from '../../domain/market/volatility.ts'
import type { Appetite } from '../../domain/strategies/strategy.ts'
import type { IndicatorName, TitanQuestion } from './contract.ts'

/** What is read of each market to ask about it: averages of 200 settle over about three of their periods. */
export const titanAppetite: Appetite = { '5m': 120, '1h': 600, '4h': 600, '1d': 200 }

/** Candles of 5 m that are sent: ten hours. */
const sentCandles = 120

/** The question about some markets at `nowMs`, market time. */
export function questionOf(contexts: readonly MarketContext[], nowMs: number): TitanQuestion {
  return {
    asOf: new Date(nowMs).toISOString(),
    timeframe: '5m',
    symbols: contexts.map((context) => ({
      symbol: context.symbol,
      candles: closedCandlesOf(context, '5m')
        .slice(-sentCandles)
        .map(({ openTimeMs, open, high, low, close, volume }) => [
          openTimeMs,
          open,
          high,
          low,
          close,
          volume,
        ]),
      indicators: indicatorsOf(context),
    })),
  }
}

const stack = [20, 50, 200] as const

function indicatorsOf(context: MarketContext): Record<IndicatorName, number | null> {
  const [short, hours, fourHours, days] = (['5m', '1h', '4h', '1d'] as const).map((length) =>
    closedCandlesOf(context, length),
  ) as [readonly Candle[], readonly Candle[], readonly Candle[], readonly Candle[]]
  const closes = closesOf(short)
  const hourly = closesOf(hours)
  const last = closes.at(-1) ?? Number.NaN
  const band = series(new Bollinger(20, 2), closes).at(-1)
  const dayBefore = hourly.at(-25) ?? Number.NaN
  const macd = new Macd()
  const indicators: Record<IndicatorName, number | null> = {
    rsi14_5m: lastOf(new Rsi(14), closes),
    macd_histogram_5m: lastOf({ next: (close: number) => macd.nextHistogram(close) }, closes),
    ema9_5m: lastOf(new Ema(9), closes),
    ema21_5m: lastOf(new Ema(21), closes),
    ema50_5m: lastOf(new Ema(50), closes),
    atr14_5m: lastOf(new Atr(14), short),
    band_place_5m: band ? (last - band.middle) / (band.upper - band.middle) : null,
    volume_ratio_5m: (short.at(-1)?.volume ?? Number.NaN) / meanOfLast(volumesOf(short), 20),
    rsi14_1h: lastOf(new Rsi(14), hourly),
    adx14_1h: lastOf(new Adx(14), hours),
    atr14_1h: lastOf(new Atr(14), hours),
    ema_stack_1h: emaStack(hourly, stack),
    ema_stack_4h: emaStack(closesOf(fourHours), stack),
    change_24h: (hourly.at(-1) ?? Number.NaN) / dayBefore - 1,
    daily_volatility: dailyVolatility(hourly),
    distance_to_mean_200d: last / meanOfLast(closesOf(days), 200) - 1,
  }
  // What divides by a market that stands still, or by a history that is too short, is not known.
  for (const [name, value] of Object.entries(indicators))
    if (!Number.isFinite(value)) indicators[name as IndicatorName] = null
  return indicators
}

const closesOf = (candles: readonly Candle[]) => candles.map((candle) => candle.close)
const volumesOf = (candles: readonly Candle[]) => candles.map((candle) => candle.volume)
