import type { DecimalText } from '../decimal.ts'
import type { Tick } from '../tick.ts'

/** The exit rules of one position, prepared once from its settings and filters. Ratios and milliseconds. */
export interface ExitRules {
  readonly tick: Tick
  readonly stepSize: DecimalText
  readonly minQuantity: DecimalText
  readonly minNotional: DecimalText
  /** Reduce-only closes are free of the venue's minimum; on spot what is under it can only be written off as dust. */
  readonly reduceOnly: boolean
  readonly trailing: { readonly activation: number; readonly distance: number } | null
  readonly partials: readonly { readonly profit: number; readonly fraction: number }[]
  readonly timeExitMs: number | null
}
