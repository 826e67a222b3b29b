import { Engine, type RunPlan } from './engine.ts'
import type { BacktestRun, BacktestSettings } from './result.ts'

/** What a run says of itself beside its plan: the settings in their stored form and the names of its parts. */
export type RunLabel = Omit<BacktestSettings, 'from_ms' | 'to_ms'>

/** Runs a plan to the end of its candles. The clock is the caller's: how long it took is not known here. */
export async function runBacktest(
  plan: RunPlan,
  label: RunLabel,
  onProgress?: (timeMs: number, candles: number) => void,
): Promise<Omit<BacktestRun, 'seconds'>> {
  const engine = new Engine(plan)
  await engine.run((timeMs) => onProgress?.(timeMs, engine.candles))
  const { books, curve, skipped, candles, firstMs, lastMs, symbols } = engine
  return {
    settings: { ...label, from_ms: firstMs, to_ms: lastMs },
    trades: books.finished.map(({ trade }) => trade),
    stops: books.finished.map(({ stops }) => stops),
    skipped,
    equity: curve.points,
    drawdown: curve.drawdown,
    symbols,
    candles,
  }
}
