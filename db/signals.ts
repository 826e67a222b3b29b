import { type Selectable, sql } from 'kysely'
import type { Signal, SignalAction } from '#src/domain/signal.ts'
import { maxSignalAgeMs } from '#src/domain/signal.ts'
import { currentTrace } from '#src/tracing.ts'
import type { Db } from './client.ts'
import type { TradingSignals } from './database.ts'

/** What a source says now: stored as a new signal, or as the renewal of its live one. */
export interface SaidSignal {
  readonly source: string
  readonly symbol: string
  readonly userId: string | null
  readonly action: SignalAction
  readonly confidence: number
  readonly reasoning: string
  /** What the source looked at (votes, parts): shown, never read by a rule. */
  readonly details: unknown
  readonly price: number
  readonly stopLoss?: number
  readonly takeProfit?: number
  /** Market time. */
  readonly saidAtMs: number
  /** When it ends if it is not said again, market time; a renewal never lives past 6 h from its birth. */
  readonly expiresAtMs: number
}

/**
 * Records what a source says. A repeat with the same action renews the live signal and keeps its birth; another action,
 * an expiry or 6 h ends it first, and the next is a new signal. Returns the live signal's id and whether it is new.
 */
export async function recordSignal(db: Db, said: SaidSignal): Promise<{ id: string; isNew: boolean }> {
  const now = new Date(said.saidAtMs)
  await db
    .updateTable('trading_signals')
    .set({ ended_at: sql<Date>`least(expires_at, ${now}::timestamptz)` })
    .where('source', '=', said.source)
    .where('symbol', '=', said.symbol)
    .where('user_id', 'is not distinct from', said.userId)
    .where('ended_at', 'is', null)
    .where((or) =>
      or.or([
        or('action', '<>', said.action),
        or('expires_at', '<=', now),
        or('created_at', '<=', new Date(said.saidAtMs - maxSignalAgeMs)),
      ]),
    )
    .execute()
  const row = await db
    .insertInto('trading_signals')
    .values({
      source: said.source,
      symbol: said.symbol,
      user_id: said.userId,
      action: said.action,
      confidence: said.confidence,
      first_confidence: said.confidence,
      reasoning: said.reasoning,
      details: JSON.stringify(said.details),
      price: said.price,
      stop_loss: said.stopLoss ?? null,
      take_profit: said.takeProfit ?? null,
      created_at: now,
      renewed_at: now,
      expires_at: new Date(said.expiresAtMs),
      traceparent: currentTrace(),
    })
    .onConflict((conflict) =>
      conflict
        .columns(['source', 'symbol', 'user_id'])
        .where('ended_at', 'is', null)
        .doUpdateSet((row) => ({
          confidence: row.ref('excluded.confidence'),
          reasoning: row.ref('excluded.reasoning'),
          details: row.ref('excluded.details'),
          renewed_at: row.ref('excluded.renewed_at'),
          expires_at: sql<Date>`least(excluded.expires_at, trading_signals.created_at + make_interval(secs => ${maxSignalAgeMs / 1000}))`,
        }))
        // A source that contradicts itself at the same moment: nothing is mixed, the later one is told again.
        .whereRef('trading_signals.action', '=', 'excluded.action'),
    )
    .returning(['id', sql<boolean>`xmax = 0`.as('is_new')])
    .executeTakeFirstOrThrow()
  return { id: row.id, isNew: row.is_new }
}

/** The step that made a signal, where steps are traced (W3C `traceparent`). */
export async function traceOfSignal(db: Db, signalId: string): Promise<string | null> {
  const row = await db
    .selectFrom('trading_signals')
    .select('traceparent')
    .where('id', '=', signalId)
    .executeTakeFirst()
  return row?.traceparent ?? null
}

/** When a source last said something to everyone about each symbol (market time); of what has ended, nothing. */
export async function lastSaid(db: Db, source: string): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('trading_signals')
    .select(['symbol', 'renewed_at'])
    .where('source', '=', source)
    .where('user_id', 'is', null)
    .where('ended_at', 'is', null)
    .execute()
  return new Map(rows.map(({ symbol, renewed_at }) => [symbol, renewed_at.getTime()]))
}

/** The live signals a user may act on, oldest first: everyone's and the user's own, HOLD left out. */
export async function liveSignalsFor(db: Db, userId: string, marketNowMs: number): Promise<Signal[]> {
  const rows = await db
    .selectFrom('trading_signals')
    .selectAll()
    .where('ended_at', 'is', null)
    .where('expires_at', '>', new Date(marketNowMs))
    .where('action', '<>', 'HOLD')
    .where((or) => or.or([or('user_id', 'is', null), or('user_id', '=', userId)]))
    .orderBy('created_at')
    .orderBy('id')
    .execute()
  return rows.map(toSignal)
}

function toSignal(row: Selectable<TradingSignals>): Signal {
  return {
    id: row.id,
    source: row.source,
    symbol: row.symbol,
    userId: row.user_id,
    action: row.action as SignalAction,
    confidence: row.confidence,
    reasoning: row.reasoning,
    ...(row.stop_loss !== null && { stopLoss: Number(row.stop_loss) }),
    ...(row.take_profit !== null && { takeProfit: Number(row.take_profit) }),
    createdAtMs: row.created_at.getTime(),
    expiresAtMs: row.expires_at.getTime(),
  }
}

/** Whether anything here trades the pair: its base is on a signal or a position, and its quote on an account or a signal. */
export async function isKnownPair(db: Db, pair: string): Promise<boolean> {
  const [base = '', quote = ''] = pair.split('/')
  const { rows } = await sql<{ known: boolean }>`
    select (exists (select 1 from trading_signals where split_part(symbol, '/', 1) = ${base})
        or exists (select 1 from positions where split_part(symbol, '/', 1) = ${base}))
      and (exists (select 1 from accounts where accounts.quote = ${quote})
        or exists (select 1 from trading_signals where split_part(symbol, '/', 2) = ${quote})) as known`.execute(
    db,
  )
  return rows[0]?.known ?? false
}
