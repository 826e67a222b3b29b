import type { Candle, Timeframe } from '#src/domain/candle.ts'
import { timeframeMs } from '#src/domain/candle.ts'
import type { DecisionInput } from '#src/domain/entries/decision.ts'
import type { ExitRules } from '#src/domain/exits/exit-rules.ts'
import type { MonitoredState } from '#src/domain/exits/monitored-state.ts'
import type { MarketFilters } from '#src/domain/market-filters.ts'
import { defaultTrustedSources } from '#src/domain/signal.ts'
import { tickOf } from '#src/domain/tick.ts'
import { resolveSettings } from '#src/domain/trading-settings.ts'

/** A Wednesday noon in UTC: no session and no weekend adds to the threshold. */
export const noon = Date.UTC(2025, 5, 11, 12)

/** Candles from closes: each opens at the close before it, with shadows of a share of the price. */
export function candlesFrom(
  closes: readonly number[],
  {
    timeframe = '5m',
    volume = 10,
    shadow = 0.001,
  }: { timeframe?: Timeframe; volume?: number; shadow?: number } = {},
): Candle[] {
  return closes.map((close, i) => {
    const open = closes[i - 1] ?? close
    return {
      openTimeMs: noon + (i - closes.length) * timeframeMs[timeframe],
      open,
      high: Math.max(open, close) * (1 + shadow),
      low: Math.min(open, close) * (1 - shadow),
      close,
      volume,
    }
  })
}

/** `count` closes that move by a ratio each. */
export function drifting(start: number, ratio: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => start * (1 + ratio) ** i)
}

export const btcFilters: MarketFilters = {
  symbol: 'BTC/USDT',
  base: 'BTC',
  quote: 'USDT',
  tickSize: '0.01',
  stepSize: '0.00001',
  minQuantity: '0.00001',
  minNotional: '5',
}

/** A BUY of smart_entry on BTC that an `ase` account of 10,000 USDT takes. */
export function decisionInput(change: Partial<DecisionInput> = {}): DecisionInput {
  return {
    signal: {
      id: 'signal-1',
      source: 'smart_entry',
      userId: null,
      symbol: 'BTC/USDT',
      action: 'BUY',
      confidence: 0.7,
      reasoning: '',
      createdAtMs: noon - 10_000,
      expiresAtMs: noon + 35_000,
    },
    otherSignals: [],
    accuracy: { samples: 0, hits: 0, symbolSamples: 0, symbolHits: 0 },
    trustedSources: defaultTrustedSources,
    settings: resolveSettings({ market: 'spot' }),
    account: {
      id: 'account-1',
      exchange: 'binance',
      market: 'spot',
      quote: 'USDT',
      equity: '10000',
      freeQuote: '10000',
      takerFee: 0.001,
    },
    exposures: [],
    history: { trades: [], entryTimesMs: [], equity: [], hasEnteredSignal: false },
    filters: btcFilters,
    market: { symbol: 'BTC/USDT', price: 100_000, dailyVolatility: 0.015, atr: 500, regime: 'sideways' },
    safety: undefined,
    correlations: {},
    topBases: ['BTC', 'ETH', 'SOL'],
    marketNowMs: noon,
    ...change,
  }
}

/** A long of 1 BTC from 100,000 without stops. */
export function watched(change: Partial<MonitoredState> = {}): MonitoredState {
  return {
    positionId: 'position-1',
    symbol: 'BTC/USDT',
    side: 'long',
    entryPrice: 100_000,
    quantity: '1',
    openedAtMs: noon,
    bestPrice: 100_000,
    stopLoss: null,
    takeProfit: null,
    takenLevels: [],
    reevaluatedAtMs: 0,
    ...change,
  }
}

/** Rules with everything off. */
export function exitRules(change: Partial<ExitRules> = {}): ExitRules {
  return {
    tick: tickOf('0.01'),
    stepSize: '0.00001',
    minQuantity: '0.00001',
    minNotional: '5',
    reduceOnly: false,
    trailing: null,
    partials: [],
    timeExitMs: null,
    dynamicStops: false,
    smartExit: false,
    ...change,
  }
}

/** The default trailing stop and partial levels. */
export const trailing = { activation: 0.005, distance: 0.01 }
export const partials = [
  { profit: 0.01, fraction: 0.25 },
  { profit: 0.02, fraction: 0.5 },
  { profit: 0.03, fraction: 0.75 },
]
