import { type SmartExitLayer, smartExitLayers } from '../domain/close-reason.ts'
import type { LoadedStrategy } from '../signals/strategies/load.ts'
import { planRun, type Wish } from './plan-run.ts'
import type { BacktestTrade } from './result.ts'
import { runBacktest } from './run.ts'
import { summarize } from './summary/summary.ts'

/** One run of an ablation: what was left out, and what came of it. Profit in quote and as a ratio of the capital. */
export interface AblationRow {
  /** Undefined for the run with everything. */
  readonly without: string | undefined
  readonly trades: number
  readonly profit: number
  readonly profitRatio: number | null
  readonly maxDrawdown: number
  readonly winRate: number | null
  /** Entries that the run with everything has not, and those of it that this one has not. */
  readonly more: number
  readonly fewer: number
  /** Whether any trade is another one, in its times, prices or quantities. */
  readonly changes: boolean
}

interface Variant {
  readonly without: string | undefined
  readonly strategy: LoadedStrategy
  readonly layers: readonly SmartExitLayer[]
}

/**
 * Runs a wish with everything, and then without each part of its strategy and each layer of SmartExit in turn. What changes
 * nothing is told by its row. `onRun` hears of each run before it begins. Throws UserError as `planRun` does.
 */
export async function ablate(
  wish: Wish & { readonly strategy: LoadedStrategy },
  onRun?: (run: {
    readonly without: string | undefined
    readonly number: number
    readonly of: number
  }) => void,
): Promise<AblationRow[]> {
  const { plan } = await planRun(wish)
  const variants = variantsOf(wish.strategy, plan.terms.settings.smartExit)
  const rows: AblationRow[] = []
  let whole: readonly BacktestTrade[] | undefined
  for (const [i, variant] of variants.entries()) {
    onRun?.({ without: variant.without, number: i + 1, of: variants.length })
    const planned = await planRun({ ...wish, strategy: variant.strategy })
    const terms = { ...planned.plan.terms, smartExitLayers: variant.layers }
    const run = await runBacktest({ ...planned.plan, terms }, planned.label)
    whole ??= run.trades
    rows.push(rowOf(variant.without, { ...run, seconds: 0 }, whole))
  }
  return rows
}

function variantsOf(strategy: LoadedStrategy, hasSmartExit: boolean): Variant[] {
  const everything: Variant = { without: undefined, strategy, layers: smartExitLayers }
  const parts = strategy.parts.map((part) => ({
    ...everything,
    without: part,
    strategy: strategy.without(part),
  }))
  const layers = smartExitLayers.map((layer) => ({
    ...everything,
    without: `smart_exit:${layer}`,
    layers: smartExitLayers.filter((other) => other !== layer),
  }))
  return [everything, ...parts, ...(hasSmartExit ? layers : [])]
}

function rowOf(
  without: string | undefined,
  run: Parameters<typeof summarize>[0],
  whole: readonly BacktestTrade[],
): AblationRow {
  const summary = summarize(run)
  const [entries, before] = [entriesOf(run.trades), entriesOf(whole)]
  return {
    without,
    trades: summary.trades,
    profit: summary.profit_total,
    profitRatio: summary.profit_total_ratio,
    maxDrawdown: summary.max_drawdown,
    winRate: summary.win_rate,
    more: countBeyond(entries, before),
    fewer: countBeyond(before, entries),
    changes: JSON.stringify(run.trades) !== JSON.stringify(whole),
  }
}

function entriesOf(trades: readonly BacktestTrade[]): string[] {
  return trades.map(({ symbol, entry_time_ms, side }) => `${symbol} ${entry_time_ms} ${side}`)
}

/** How many of the entries are not among the others. */
function countBeyond(entries: readonly string[], others: readonly string[]): number {
  const known = new Set(others)
  return entries.filter((entry) => !known.has(entry)).length
}
