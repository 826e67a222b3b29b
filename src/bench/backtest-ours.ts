import { runBacktest } from '../backtest/run.ts'
import type { SignalOrigin } from '../backtest/signal-origin.ts'
import type { CandleBlock } from '../candles/candle-block.ts'
import type { UserSettingsPatch } from '../domain/settings.ts'
import { mergeSettings, resolveSettings } from '../domain/trading-settings.ts'
import type { LoadedStrategy } from '../signals/strategies/load.ts'
import { crossing } from './backtest-market.ts'

const symbol = 'BTC/USDT'
const source = 'strategy:crossing'
const market = 'spot'
const halfDayMs = 43_200_000

/** The exits of the bare program, with the limits that would stop so many entries wide open. */
const user: UserSettingsPatch = {
  dynamic_stops: false,
  stop_loss_pct: 2,
  take_profit_pct: 10,
  trailing_activation_pct: 0,
  trailing_distance_pct: 3,
  partial_tp_levels: [
    [2, 0.33],
    [4, 0.5],
    [6, 1],
  ],
  time_exit_hours: 12,
  daily_trade_limit: 1_000_000,
  hourly_trade_limit: 1_000_000,
}

const filters = {
  symbol,
  base: 'BTC',
  quote: 'USDT',
  tickSize: '0.01',
  stepSize: '0.00001',
  minQuantity: '0.00001',
  minNotional: '5',
}

/** The strategy of the bare program. */
const strategy: LoadedStrategy = {
  name: 'crossing',
  timeframe: '1m',
  warmup: 1,
  history: { '1m': 1 },
  parameters: {},
  fields: [],
  parts: [],
  without: () => strategy,
  start() {
    const say = crossing()
    return ({ candle }) => {
      const said = say(candle.close)
      if (said === 0) return undefined
      return { symbol, action: said === 1 ? 'BUY' : 'SELL', confidence: 1, reasoning: '' }
    }
  },
}

/** Signals of the crossing, or one every twelve hours, so that nearly always a position is watched. */
export type Asked = 'crossing' | 'held'

/** Runs the engine over the candles, everything of it: what it skipped and why is part of the work. */
export async function ourBacktest(block: CandleBlock, asked: Asked) {
  const settings = { ...resolveSettings({ user, market }), sources: [source] }
  const origin: SignalOrigin =
    asked === 'crossing'
      ? { kind: 'strategy', source, strategy }
      : { kind: 'file', source, rows: everyHalfDay(block) }
  const terms = { settings, market, quote: 'USDT', capital: 10_000, fee: 0.001, slippage: 0 } as const
  const markets = [{ symbol, filters, stepMs: 60_000, candles: [block], longer: [] }]
  return runBacktest(
    { terms, markets, origin },
    {
      ...mergeSettings({ user, market }),
      ...terms,
      source,
      parameters: {},
      symbols: [symbol],
      timeframe: '1m',
    },
  )
}

function everyHalfDay({ length, time }: CandleBlock) {
  const firstMs = time[0] as number
  const count = Math.floor(((time[length - 1] as number) - firstMs) / halfDayMs)
  return Array.from({ length: count }, (_, n) => ({
    timeMs: firstMs + n * halfDayMs,
    symbol,
    action: 'BUY' as const,
    confidence: 1,
  }))
}
