import type { Db } from '#db/client.ts'
import { lastSaid, recordSignal } from '#db/signals.ts'
import { signalLifetimeMs } from '../../domain/signal.ts'
import type { Word } from './thread-words.ts'

/**
 * Records what a strategy said, each word as of the close it was said at, and living three of its candles. A word that is not
 * newer than what was last said of the symbol is left alone: whoever asks the strategy anew hears it say the same again.
 * Returns how many began a signal.
 */
export async function recordWords(
  db: Db,
  source: string,
  words: readonly { readonly symbol: string; readonly word: Word }[],
  life: { readonly stepMs: number; readonly leastMs: number },
): Promise<number> {
  if (words.length === 0) return 0
  const lifetimeMs = Math.max(signalLifetimeMs(source, life.stepMs), life.stepMs, life.leastMs)
  const said = await lastSaid(db, source)
  let isNew = 0
  for (const { symbol, word } of words) {
    if (word.saidAtMs <= (said.get(symbol) ?? Number.NEGATIVE_INFINITY)) continue
    const recorded = await recordSignal(db, {
      ...word,
      source,
      symbol,
      userId: null,
      details: {},
      expiresAtMs: word.saidAtMs + lifetimeMs,
    })
    if (recorded.isNew) isNew += 1
  }
  return isNew
}
