import { type CandlePlace, keepCandles, keptTimeframes } from '#db/candles.ts'
import type { Db } from '#db/client.ts'
import { type Candle, isClosed } from '#src/domain/candle.ts'
import type { SeenCandles } from '#src/exchange/feeds.ts'
import type { Logger } from '#src/log.ts'

/** Of a long history the charts want the newest part. */
const most = 1_000

/** From when to when a process has written the candles of one symbol, in epoch ms. */
interface Span {
  readonly fromMs: number
  readonly toMs: number
}

/**
 * Keeps the closed candles that a process has read of the feeds anyway, so that charts have them: each is written once by it,
 * beside the work that wanted it, and nothing waits for that. What could not be written is written with the next ones.
 */
export function candleKeeper(db: Db, log: Logger): (seen: SeenCandles) => void {
  const written = new Map<string, Span>()
  const busy = new Set<string>()

  async function write(key: string, place: CandlePlace, fresh: readonly Candle[]): Promise<void> {
    busy.add(key)
    try {
      await keepCandles(db, place, fresh)
      const known = written.get(key)
      const times = fresh.map(({ openTimeMs }) => openTimeMs)
      written.set(key, {
        fromMs: Math.min(...times, known?.fromMs ?? Number.POSITIVE_INFINITY),
        toMs: Math.max(...times, known?.toMs ?? 0),
      })
    } catch (error) {
      log.debug({ err: error, ...place }, 'candles for the charts could not be kept')
    } finally {
      busy.delete(key)
    }
  }

  return ({ exchange, market, mode, symbol, timeframe: length, candles, marketNowMs }) => {
    const timeframe = keptTimeframes.find((kept) => kept === length)
    if (timeframe === undefined) return
    const key = `${exchange} ${market} ${mode === 'paper'} ${symbol} ${timeframe}`
    if (busy.has(key)) return
    const known = written.get(key)
    const fresh = candles
      .slice(-most)
      .filter((candle) => isClosed(candle, timeframe, marketNowMs) && !isWithin(known, candle.openTimeMs))
    if (fresh.length === 0) return
    void write(key, { exchange, market, isPaper: mode === 'paper', symbol, timeframe }, fresh)
  }
}

function isWithin(span: Span | undefined, atMs: number): boolean {
  return span !== undefined && atMs >= span.fromMs && atMs <= span.toMs
}
