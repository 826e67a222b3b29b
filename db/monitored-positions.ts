import { sql } from 'kysely'
import { Decimal, type DecimalText } from '#src/domain/decimal.ts'
import type { ExitRules } from '#src/domain/exits/exit-rules.ts'
import type { HotState, MonitoredState } from '#src/domain/exits/monitored-state.ts'
import type { Reevaluation } from '#src/domain/exits/reevaluate.ts'
import type { Exchange, Market, Mode } from '#src/domain/market.ts'
import type { Side } from '#src/domain/side.ts'
import type { Db } from './client.ts'

/** A watched position with what its evaluation needs: where its prices come from, its rules and its state. */
export interface WatchedPosition {
  readonly userId: string
  readonly accountId: string
  readonly exchange: Exchange
  readonly market: Market
  readonly mode: Mode
  readonly rules: ExitRules
  readonly state: MonitoredState
}

/** Every open position of a shard, of all tenants. */
export async function watchedPositions(db: Db, shard: number): Promise<WatchedPosition[]> {
  const rows = await db
    .selectFrom('monitored_positions as watch')
    .innerJoin('positions as position', 'position.id', 'watch.position_id')
    .innerJoin('accounts as account', 'account.id', 'position.account_id')
    .select(['position.id', 'position.user_id', 'position.account_id', 'position.symbol', 'position.side'])
    .select(['position.qty_open', 'position.qty_reserved', 'position.opened_at'])
    .select(['account.exchange', 'account.market', 'account.mode'])
    .select([
      'watch.entry_price',
      'watch.best_price',
      'watch.stop_loss',
      'watch.take_profit',
      'watch.taken_levels',
    ])
    .select(['watch.reevaluated_at', 'watch.rules', 'watch.is_target_own'])
    .where('watch.shard', '=', shard)
    .where('watch.is_active', '=', true)
    .where('position.state', 'in', ['open', 'closing'])
    .orderBy('position.id')
    .execute()
  return rows.map((row) => ({
    userId: row.user_id,
    accountId: row.account_id,
    exchange: row.exchange as Exchange,
    market: row.market as Market,
    mode: row.mode as Mode,
    rules: row.rules as unknown as ExitRules,
    state: {
      positionId: row.id,
      symbol: row.symbol,
      side: row.side as Side,
      entryPrice: Number(row.entry_price),
      quantity: subtract(row.qty_open, row.qty_reserved),
      openedAtMs: row.opened_at?.getTime() ?? 0,
      bestPrice: Number(row.best_price),
      stopLoss: row.stop_loss === null ? null : Number(row.stop_loss),
      takeProfit: row.take_profit === null ? null : Number(row.take_profit),
      isTargetOwn: row.is_target_own,
      takenLevels: row.taken_levels,
      reevaluatedAtMs: row.reevaluated_at?.getTime() ?? 0,
    },
  }))
}

/** What one evaluation found, to be written back. */
export interface Evaluation {
  readonly positionId: string
  readonly state: HotState
  /** The price it was evaluated at, and the trailing stop that follows from its peak, when active. */
  readonly price: number
  readonly trailingStop: number | null
}

/**
 * Writes evaluations back in one statement. Hot state only grows, here too: an older view never loosens a stop or lowers
 * a peak, whoever writes last. `evaluated_at` is the database's time: a position on a fresh price within 5 s is protected.
 * Rows are locked in the order of their ids, so that two who write the same ones do not wait for each other.
 */
export async function saveEvaluations(db: Db, evaluations: readonly Evaluation[]): Promise<void> {
  if (evaluations.length === 0) return
  const column = <T>(pick: (evaluation: Evaluation) => T) => evaluations.map(pick)
  const ids = column((one) => one.positionId)
  await sql`
    with turn as materialized (
      select position_id from monitored_positions where position_id = any (${ids}::uuid[])
      order by position_id for no key update
    )
    update monitored_positions as watch set
      best_price = case position.side when 'long' then greatest(watch.best_price, seen.best)
        else least(watch.best_price, seen.best) end,
      stop_loss = case position.side when 'long' then greatest(watch.stop_loss, seen.stop)
        else least(watch.stop_loss, seen.stop) end,
      take_profit = case when watch.is_target_own then watch.take_profit
        when seen.reevaluated >= coalesce(watch.reevaluated_at, '-infinity') then seen.target
        else watch.take_profit end,
      reevaluated_at = greatest(watch.reevaluated_at, nullif(seen.reevaluated, to_timestamp(0))),
      trailing_sl = case position.side when 'long' then greatest(watch.trailing_sl, seen.trail)
        else least(watch.trailing_sl, seen.trail) end,
      last_price = seen.price,
      evaluated_at = clock_timestamp(),
      updated_at = clock_timestamp()
    from unnest(
      ${ids}::uuid[],
      ${column((one) => one.state.bestPrice)}::numeric[],
      ${column((one) => one.state.stopLoss)}::numeric[],
      ${column((one) => one.state.takeProfit)}::numeric[],
      ${column((one) => new Date(one.state.reevaluatedAtMs))}::timestamptz[],
      ${column((one) => one.trailingStop)}::numeric[],
      ${column((one) => one.price)}::numeric[]
    ) as seen (id, best, stop, target, reevaluated, trail, price)
    join turn on turn.position_id = seen.id
    join positions as position on position.id = seen.id
    where watch.position_id = seen.id`.execute(db)
}

/** One change of a stop or target at a candle's close, whose it is and when on the market's clock. */
export interface RecordedReevaluation extends Reevaluation {
  readonly userId: string
  readonly positionId: string
  readonly marketAtMs: number
}

/** Records what changed; callers write it in the transaction that changes it. */
export async function recordReevaluations(db: Db, changes: readonly RecordedReevaluation[]): Promise<void> {
  if (changes.length === 0) return
  await db
    .insertInto('position_reevaluations')
    .values(
      changes.map((change) => ({
        user_id: change.userId,
        position_id: change.positionId,
        reevaluation_type: change.type,
        old_sl: change.oldStopLoss,
        new_sl: change.newStopLoss,
        old_tp: change.oldTakeProfit,
        new_tp: change.newTakeProfit,
        reason: change.reason,
        action_taken: change.actionTaken,
        market_at: new Date(change.marketAtMs),
      })),
    )
    .execute()
}

function subtract(open: DecimalText, reserved: DecimalText): DecimalText {
  return new Decimal(open).minus(reserved).toString()
}
