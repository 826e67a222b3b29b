import { z } from 'zod'

/** What a run in a process of its own is given. Everything it reads lies in files. */
export interface AskedRun {
  readonly candles: readonly string[]
  readonly funding: readonly string[]
  /** smart-entry, council, or the path of a file. */
  readonly strategy: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly settings: object
  /** The file of the ML filter. */
  readonly weights: string
  readonly market: 'spot' | 'futures'
  readonly fee: number
  readonly slippage: number
  readonly capital: number
  readonly fromMs: number
  readonly toMs: number
}

/** What it tells while it runs, and at its end. */
export const toldByRun = z.union([
  z.object({ atMs: z.number() }),
  z.object({
    summary: z.record(z.string(), z.unknown()),
    curve: z.record(z.string(), z.unknown()),
    trades: z.array(z.record(z.string(), z.unknown())),
    page: z.instanceof(Uint8Array),
    notes: z.array(z.string()),
  }),
  /** What somebody asked for cannot be run; one line. */
  z.object({ refused: z.string() }),
  z.object({ failed: z.string() }),
])
export type ToldByRun = z.infer<typeof toldByRun>
export type FinishedRun = Extract<ToldByRun, { page: unknown }>
