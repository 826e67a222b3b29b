import { UserError } from '../errors.ts'
import { Engine, type RunPlan } from './engine.ts'
import type { BacktestRun, BacktestSettings } from './result.ts'

/** What a run says of itself beside its plan: the settings in their stored form and the names of its parts. */
export type RunLabel = Omit<BacktestSettings, 'from_ms' | 'to_ms'>

/**
 * Runs a plan to the end of its candles. The clock is the caller's: how long it took is not known here. Throws a UserError of
 * one line when no candle opens in the time that was asked for, and for whatever is wrong with a file or a strategy.
 */
export async function runBacktest(
  plan: RunPlan,
  label: RunLabel,
  onProgress?: (timeMs: number, candles: number) => void,
): Promise<Omit<BacktestRun, 'seconds'>> {
  const engine = new Engine(plan)
  await engine.run((timeMs) => onProgress?.(timeMs, engine.candles))
  if (Number.isNaN(engine.firstMs))
    throw new UserError(`no candle opens ${spanText(plan)}: there is nothing to run over`)
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

function spanText({ fromMs, toMs }: RunPlan): string {
  const from = fromMs === undefined ? '' : `from ${new Date(fromMs).toISOString()} on`
  const to = toMs === undefined ? '' : `before ${new Date(toMs).toISOString()}`
  return [from, to].filter((part) => part !== '').join(' and ')
}
