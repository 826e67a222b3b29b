/** What a strategy file imports, as `bullpen/strategy`: from any folder when Bullpen loads it. */
export { z } from 'zod'
export type { Candle, Timeframe } from './domain/candle.ts'
export { Adx } from './domain/market/adx.ts'
export { Atr } from './domain/market/atr.ts'
export { Bollinger } from './domain/market/bollinger.ts'
export { Ema } from './domain/market/ema.ts'
export { Macd } from './domain/market/macd.ts'
export { candlesOf } from './domain/market/market-context.ts'
export { findPatterns, type Pattern } from './domain/market/patterns.ts'
export { Rsi } from './domain/market/rsi.ts'
export { RealizedVolatility } from './domain/market/volatility.ts'
export {
  defineStrategy,
  type Strategy,
  type StrategyContext,
  type StrategySignal,
} from './domain/strategies/strategy.ts'
