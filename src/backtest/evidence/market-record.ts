import { type Timeframe, timeframeMs } from '../../domain/candle.ts'
import { smartExitCandles } from '../../domain/exits/smart-exit.ts'
import { setupFeatures, setupWindows } from '../../domain/learning/setup-features.ts'
import type { Regime } from '../../domain/market/regime.ts'
import type { MarketFilters } from '../../domain/market-filters.ts'
import type { Side } from '../../domain/side.ts'
import { signalLifetimeMs } from '../../domain/signal.ts'
import type { Appetite } from '../../domain/strategies/strategy.ts'
import type { LoadedStrategy } from '../../signals/strategies/load.ts'
import { SignalBook } from '../signal-book.ts'
import { SourceRecord } from '../source-record.ts'
import { type RecordedMarket, Track } from '../track.ts'

/** A strategy under the name of its source. */
export interface EvidenceSource {
  readonly source: string
  readonly strategy: LoadedStrategy
}

/** A signal's birth: it was said at the close before bar `bar`, and whoever follows it enters at that bar's open. */
export interface Birth {
  readonly source: string
  readonly side: Side
  readonly confidence: number
  readonly bar: number
  readonly bornMs: number
  /** The features of the setup; undefined while there were too few candles. */
  readonly features: readonly number[] | undefined
}

/** A candle with what was known of its market when it opened. */
export interface Bar {
  readonly openMs: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
  readonly atr: number | null
  readonly regime: Regime
}

/** A symbol's whole market in memory, and what each source said over it. */
export interface MarketRecord {
  readonly symbol: string
  readonly filters: MarketFilters
  readonly stepMs: number
  readonly bars: readonly Bar[]
  readonly births: readonly Birth[]
}

/**
 * Walks a symbol's candles once, as a run does, and keeps them with every signal that each source gave birth to between
 * `fromMs` and `toMs`. What comes before is history.
 */
export async function recordMarket(
  market: RecordedMarket,
  sources: readonly EvidenceSource[],
  { fromMs = Number.NEGATIVE_INFINITY, toMs = Number.POSITIVE_INFINITY },
): Promise<MarketRecord> {
  const book = new SignalBook()
  const births: Birth[] = []
  const bars: Bar[] = []
  const record = new SourceRecord().on()
  const listeners = sources.map(({ source, strategy }) => {
    const run = strategy.start()
    const stepMs = timeframeMs[strategy.timeframe]
    const lifeMs = Math.max(signalLifetimeMs(source, stepMs), stepMs)
    return { source, run, timeframe: strategy.timeframe, stepMs, lifeMs }
  })
  const track = new Track(market, {
    keeps: keepsOf(sources),
    record,
    onClose(at, candle, timeframe) {
      for (const { source, run, timeframe: own, stepMs, lifeMs } of listeners) {
        if (timeframe !== own) continue
        const bornMs = candle.openTimeMs + stepMs
        const said = run({ symbol: market.symbol, nowMs: bornMs, candles: at.lists, candle })
        const fresh = said && book.say({ ...said, source }, bornMs, lifeMs)
        if (!fresh || bornMs < fromMs) continue
        const side = fresh.action === 'BUY' ? 'long' : 'short'
        const { confidence } = fresh
        const setup = { side, confidence, fives: at.fives, hours: at.hours, nowMs: bornMs } as const
        births.push({ source, side, confidence, bar: bars.length, bornMs, features: setupFeatures(setup) })
      }
    },
  })
  const { cursor } = track
  for (;;) {
    for (const one of track.cursors) if (!one.isReady) await one.refill()
    if (track.catchUp()) continue
    if (!cursor.hasRow || cursor.timeMs >= toMs) break
    const openMs = cursor.timeMs
    track.open(openMs)
    const { atr, regime } = track.numbers()
    const { openTimeMs: _, ...prices } = track.candle()
    // A strategy that hears of this close speaks of the bar after it.
    bars.push({ openMs, ...prices, atr, regime })
    track.close(openMs + market.stepMs)
  }
  for (const one of track.cursors) await one.close()
  const { symbol, filters, stepMs } = market
  return { symbol, filters, stepMs, bars, births: births.filter(({ bar }) => bar < bars.length) }
}

function keepsOf(sources: readonly EvidenceSource[]): Appetite {
  const keeps: Partial<Record<Timeframe, number>> = {
    '5m': Math.max(setupWindows['5m'], smartExitCandles),
    '1h': setupWindows['1h'],
  }
  for (const { strategy } of sources)
    for (const [timeframe, count] of Object.entries(strategy.history) as [Timeframe, number][])
      keeps[timeframe] = Math.max(count, keeps[timeframe] ?? 0)
  return keeps
}
