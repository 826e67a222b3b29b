import type { LoadedStrategy } from '../signals/strategies/load.ts'
import type { Said } from './signal-book.ts'

/** A row of a signal file. */
export interface FileSignal extends Omit<Said, 'source' | 'reasoning'> {
  readonly timeMs: number
}

/** Where the signals of a run come from; `source` is the name they carry. */
export type SignalOrigin =
  | { readonly kind: 'strategy'; readonly source: string; readonly strategy: LoadedStrategy }
  | { readonly kind: 'file'; readonly source: string; readonly rows: readonly FileSignal[] }
