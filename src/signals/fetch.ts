import type { Db } from '#db/client.ts'
import { recordSignal } from '#db/signals.ts'
import { signalLifetimeMs } from '../domain/signal.ts'
import { type MarketReader, readContext } from './context.ts'
import type { SignalSource } from './sources.ts'

/** What one look at the market brought. */
export interface Fetched {
  readonly said: number
  readonly isNew: number
  /** Symbols that could not be read, with the reason. */
  readonly missed: readonly { readonly symbol: string; readonly reason: string }[]
}

/**
 * Asks a source about each symbol and records what it says. A symbol that cannot be read is told and harms no other.
 * `leastLifeMs` is the shortest life a signal gets: in a fast replay a wall second is many market seconds.
 */
export async function fetchFrom(
  source: SignalSource,
  symbols: readonly string[],
  market: MarketReader,
  db: Db,
  time: { readonly marketNowMs: number; readonly leastLifeMs: number },
): Promise<Fetched> {
  const lifetimeMs = Math.max(signalLifetimeMs(source.name, source.everyMs), time.leastLifeMs)
  const missed: { symbol: string; reason: string }[] = []
  let said = 0
  let isNew = 0
  for (const symbol of symbols) {
    try {
      const context = await readContext(market, symbol, source.appetite, time.marketNowMs)
      const price = context.candles['5m']?.at(-1)?.close
      const look = source.look(context)
      if (!look || price === undefined) continue
      const { signal, details } = look
      const recorded = await recordSignal(db, {
        ...signal,
        source: source.name,
        userId: null,
        details,
        price,
        saidAtMs: time.marketNowMs,
        expiresAtMs: time.marketNowMs + lifetimeMs,
      })
      said += 1
      if (recorded.isNew) isNew += 1
    } catch (error) {
      missed.push({ symbol, reason: error instanceof Error ? error.message : String(error) })
    }
  }
  return { said, isNew, missed }
}
