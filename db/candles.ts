import { sql } from 'kysely'
import type { Candle, Timeframe } from '#src/domain/candle.ts'
import type { Db } from './client.ts'

/** The candle lengths that are kept for the charts. */
export const keptTimeframes = ['5m', '1h'] as const satisfies readonly Timeframe[]
export type KeptTimeframe = (typeof keptTimeframes)[number]

/** One market's candles of a symbol; the simulator's market is another than the venue's. */
export interface CandlePlace {
  readonly exchange: string
  readonly market: string
  readonly isPaper: boolean
  readonly symbol: string
  readonly timeframe: KeptTimeframe
}

/** Keeps closed candles. What is there already is left; what a venue has corrected since is corrected. */
export async function keepCandles(db: Db, place: CandlePlace, candles: readonly Candle[]): Promise<void> {
  if (candles.length === 0) return
  const column = (pick: (candle: Candle) => number) => candles.map(pick)
  const { exchange, market, isPaper, symbol, timeframe } = place
  await sql`
    insert into candles as known (exchange, market, is_paper, symbol, timeframe, open_time, open, high, low, close, volume)
    select ${exchange}, ${market}, ${isPaper}, ${symbol}, ${timeframe}, to_timestamp(seen.at / 1000), seen.open, seen.high, seen.low,
      seen.close, seen.volume
    from unnest(
      ${column((candle) => candle.openTimeMs)}::double precision[],
      ${column((candle) => candle.open)}::double precision[],
      ${column((candle) => candle.high)}::double precision[],
      ${column((candle) => candle.low)}::double precision[],
      ${column((candle) => candle.close)}::double precision[],
      ${column((candle) => candle.volume)}::double precision[]
    ) as seen (at, open, high, low, close, volume)
    order by seen.at
    on conflict (exchange, market, is_paper, symbol, timeframe, open_time) do update set
      open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close, volume = excluded.volume
      where (known.open, known.high, known.low, known.close, known.volume)
        is distinct from (excluded.open, excluded.high, excluded.low, excluded.close, excluded.volume)`.execute(
    db,
  )
}

/** The newest `limit` candles that opened from `from` on and before `to`, oldest first. */
export async function candlesOf(
  db: Db,
  place: CandlePlace,
  span: { readonly from: Date; readonly to: Date; readonly limit: number },
): Promise<Candle[]> {
  const rows = await db
    .selectFrom('candles')
    .select(['open_time', 'open', 'high', 'low', 'close', 'volume'])
    .where('exchange', '=', place.exchange)
    .where('market', '=', place.market)
    .where('is_paper', '=', place.isPaper)
    .where('symbol', '=', place.symbol)
    .where('timeframe', '=', place.timeframe)
    .where('open_time', '>=', span.from)
    .where('open_time', '<', span.to)
    .orderBy('open_time', 'desc')
    .limit(span.limit)
    .execute()
  return rows.reverse().map(({ open_time, ...candle }) => ({ openTimeMs: open_time.getTime(), ...candle }))
}
