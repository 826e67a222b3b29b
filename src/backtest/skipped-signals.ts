import type { Decision } from '../domain/entries/decision.ts'
import type { SkippedSignal } from './result.ts'
import type { LiveSignal } from './signal-book.ts'
import type { FileSignal } from './signal-origin.ts'

/** What a run did not act on, and why; a HOLD asked for nothing and is not told. */
export class SkippedSignals {
  readonly list: SkippedSignal[] = []

  /** A signal that a rule refused. */
  tell(signal: LiveSignal, decision: Extract<Decision, { outcome: 'skipped' }>, nowMs: number): void {
    const { symbol, action } = signal
    if (action === 'HOLD') return
    const { rule, reasons } = decision
    this.list.push({ time_ms: nowMs, symbol, action, rule, reasons })
  }

  /** A row of a file that no candle came for. */
  tellUnheard(timeMs: number, { symbol, action }: Pick<FileSignal, 'symbol' | 'action'>): void {
    if (action === 'HOLD') return
    const reasons = ['no candle began within its life, at whose open it could have been decided']
    this.list.push({ time_ms: timeMs, symbol, action, rule: 'candles', reasons })
  }

  /** Brings them into the order of their time. */
  sort(): void {
    this.list.sort((a, b) => a.time_ms - b.time_ms)
  }
}
