import { sql } from 'kysely'
import type { SourceAccuracy } from '#src/domain/entries/decision.ts'
import { type Signal, sourceKind, webhookSource } from '#src/domain/signal.ts'
import type { Db } from './client.ts'

/** A signal whose horizon has passed and that nobody has scored yet. */
export interface UnscoredSignal {
  readonly id: string
  readonly source: string
  readonly symbol: string
  readonly action: 'BUY' | 'SELL'
  readonly price: number
  readonly stopLoss: number | null
  readonly takeProfit: number | null
  /** Market time. */
  readonly createdAtMs: number
}

/** Up to `limit` unscored signals born before `beforeMs` (market time), oldest first. */
export async function unscoredSignals(db: Db, beforeMs: number, limit: number): Promise<UnscoredSignal[]> {
  const rows = await db
    .selectFrom('trading_signals as signal')
    .leftJoin('signal_scores as score', 'score.signal_id', 'signal.id')
    .select(['signal.id', 'signal.source', 'signal.symbol', 'signal.action', 'signal.price'])
    .select(['signal.stop_loss', 'signal.take_profit', 'signal.created_at'])
    .where('score.signal_id', 'is', null)
    .where('signal.action', 'in', ['BUY', 'SELL'])
    .where('signal.created_at', '<=', new Date(beforeMs))
    .orderBy('signal.created_at')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    source: row.source,
    symbol: row.symbol,
    action: row.action as 'BUY' | 'SELL',
    price: Number(row.price),
    stopLoss: row.stop_loss === null ? null : Number(row.stop_loss),
    takeProfit: row.take_profit === null ? null : Number(row.take_profit),
    createdAtMs: row.created_at.getTime(),
  }))
}

/** Stores how a signal turned out; a second scoring of the same signal changes nothing. */
export async function recordScore(
  db: Db,
  signal: UnscoredSignal,
  score: { readonly isHit: boolean; readonly move: number; readonly scoredAtMs: number },
): Promise<void> {
  await db
    .insertInto('signal_scores')
    .values({
      signal_id: signal.id,
      source: signal.source,
      symbol: signal.symbol,
      is_hit: score.isHit,
      move: score.move,
      created_at: new Date(signal.createdAtMs),
      scored_at: new Date(score.scoredAtMs),
    })
    .onConflict((conflict) => conflict.column('signal_id').doNothing())
    .execute()
}

/** How a group of scored signals did; what it is a group of is not null. Moves and profits are ratios along the signal. */
export interface ScoreGroup {
  readonly source: string
  readonly symbol: string | null
  /** Hour of the day it was said in, UTC. */
  readonly hour: number | null
  /** Tenth of the confidence it was first said with: 3 is 0.3 to under 0.4, and 1 belongs to the last. */
  readonly tenth: number | null
  readonly samples: number
  readonly hits: number
  /** Mean confidence it was first said with. */
  readonly confidence: number
  readonly meanMove: number
  /** Mean (confidence − came)². */
  readonly brier: number
}

/**
 * The scored signals born since then (market time), per source, and of each source per symbol, hour and tenth of confidence.
 * A tenant's connection counts what the tenant may see.
 */
export async function scoreGroups(db: Db, since: Date): Promise<ScoreGroup[]> {
  const { rows } = await sql<{
    source: string
    symbol: string | null
    hour: number | null
    tenth: number | null
    samples: string
    hits: string
    confidence: number
    mean_move: number
    brier: number
  }>`
    with scored as (
      select score.source, score.symbol, score.is_hit, score.move,
        coalesce(signal.first_confidence, signal.confidence) as confidence,
        extract(hour from score.created_at at time zone 'utc')::int as hour
      from signal_scores score
      join trading_signals signal on signal.id = score.signal_id
      where score.created_at >= ${since}
    ), told as (
      select *, least(9, floor(confidence * 10 + 1e-9))::int as tenth, is_hit::int as came from scored
    )
    select source, symbol, hour, tenth, count(*) as samples, sum(came) as hits,
      avg(confidence) as confidence, avg(move) as mean_move,
      avg((confidence - came) * (confidence - came)) as brier
    from told
    group by grouping sets ((source), (source, symbol), (source, hour), (source, tenth))
    order by source, symbol nulls first, hour nulls first, tenth nulls first`.execute(db)
  return rows.map(({ mean_move, samples, hits, ...row }) => ({
    ...row,
    samples: Number(samples),
    hits: Number(hits),
    meanMove: mean_move,
  }))
}

/**
 * How the last 50 scored signals of a source did, and all of its scored signals on the symbol. Two users may call their
 * webhooks alike: of a webhook only what the same user's said counts, or what was said to everyone.
 */
export async function accuracyOf(
  db: Db,
  { source, symbol, userId }: Pick<Signal, 'source' | 'symbol' | 'userId'>,
): Promise<SourceAccuracy> {
  const isTheirs =
    sourceKind(source) === webhookSource
      ? sql<boolean>`exists (select from trading_signals signal
          where signal.id = signal_scores.signal_id and signal.user_id is not distinct from ${userId}::uuid)`
      : sql<boolean>`true`
  const recent = db
    .selectFrom('signal_scores')
    .select('is_hit')
    .where('source', '=', source)
    .where(isTheirs)
    .orderBy('created_at', 'desc')
    .limit(50)
    .as('recent')
  const all = await db
    .selectFrom(recent)
    .select([
      sql<string>`count(*)`.as('samples'),
      sql<string>`count(*) filter (where recent.is_hit)`.as('hits'),
    ])
    .executeTakeFirstOrThrow()
  const here = await db
    .selectFrom('signal_scores')
    .select([sql<string>`count(*)`.as('samples'), sql<string>`count(*) filter (where is_hit)`.as('hits')])
    .where('source', '=', source)
    .where('symbol', '=', symbol)
    .where(isTheirs)
    .executeTakeFirstOrThrow()
  return {
    samples: Number(all.samples),
    hits: Number(all.hits),
    symbolSamples: Number(here.samples),
    symbolHits: Number(here.hits),
  }
}
