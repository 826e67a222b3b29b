import { sql } from 'kysely'
import type { DecimalText } from '#src/domain/decimal.ts'
import type { OrderPurpose } from '#src/domain/order.ts'
import type { OrderSide } from '#src/domain/side.ts'
import type { Db } from './client.ts'

/** What the user has at the venue beside this program: shown, counted out of what is free, never touched. */
export interface External {
  readonly orders: readonly {
    readonly symbol: string
    readonly side: OrderSide
    readonly quantity: DecimalText
    readonly filled: DecimalText
    /** The limit; null for what waits without one. */
    readonly price: DecimalText | null
  }[]
  /** Of futures; negative when short. */
  readonly positions: readonly { readonly symbol: string; readonly quantity: DecimalText }[]
}

/** Differences that were seen: what exactly, and when first, by the database's clock. */
export type Doubts = Readonly<Record<string, { readonly what: string; readonly sinceMs: number }>>

/** How reconciliation with the venue stands for one account. */
export interface Reconciliation {
  readonly mustReconcile: boolean
  readonly reconciledAt: Date | null
  readonly staleSince: Date | null
  /** When the account was found in a database that had been restored. */
  readonly restoredAt: Date | null
  readonly createdAt: Date
  readonly doubts: Doubts
  readonly external: External
  /** The database's clock, epoch ms. */
  readonly nowMs: number
}

/** How reconciliation stands; an account must exist. */
export async function reconciliationOf(db: Db, accountId: string): Promise<Reconciliation> {
  const row = await db
    .selectFrom('accounts')
    .select([
      'must_reconcile',
      'reconciled_at',
      'stale_since',
      'restored_at',
      'created_at',
      'doubts',
      'external',
    ])
    .select(sql<Date>`clock_timestamp()`.as('now'))
    .where('id', '=', accountId)
    .executeTakeFirstOrThrow()
  return {
    mustReconcile: row.must_reconcile,
    reconciledAt: row.reconciled_at,
    staleSince: row.stale_since,
    restoredAt: row.restored_at,
    createdAt: row.created_at,
    doubts: row.doubts as Doubts,
    external: { orders: [], positions: [], ...(row.external as Partial<External>) },
    nowMs: row.now.getTime(),
  }
}

/** Writes down a reconciliation that went through: entries may go out again. */
export async function saveReconciled(
  db: Db,
  accountId: string,
  seen: {
    readonly at: Date
    readonly isStale: boolean
    readonly doubts: Doubts
    readonly external: External
  },
): Promise<void> {
  await db
    .updateTable('accounts')
    .set({
      must_reconcile: false,
      reconciled_at: seen.at,
      stale_since: seen.isStale ? sql<Date>`coalesce(stale_since, clock_timestamp())` : null,
      doubts: JSON.stringify(seen.doubts),
      external: JSON.stringify(seen.external),
    })
    .where('id', '=', accountId)
    .execute()
}

/** Notes that the venue's report could not be believed, or did not come. */
export async function markStale(db: Db, accountId: string): Promise<void> {
  await db
    .updateTable('accounts')
    .set({ stale_since: sql<Date>`coalesce(stale_since, clock_timestamp())` })
    .where('id', '=', accountId)
    .execute()
}

/** Notes that the journal has lost what the venue knows: it was restored. Entries wait for the next reconciliation. */
export async function markRestored(db: Db, accountId: string): Promise<void> {
  await db
    .updateTable('accounts')
    .set({ must_reconcile: true, restored_at: sql<Date>`clock_timestamp()` })
    .where('id', '=', accountId)
    .execute()
}

/** Finds the accounts whose database is another one than it was: restored, or gone on from an older state. */
export async function noteRestored(db: Db): Promise<string[]> {
  const rows = await db
    .updateTable('accounts')
    .set({
      must_reconcile: true,
      restored_at: sql<Date>`clock_timestamp()`,
      seen_in: sql<string>`this_database()`,
    })
    .where('seen_in', '<>', sql<string>`this_database()`)
    .returning('id')
    .execute()
  return rows.map(({ id }) => id)
}

/** Lets an account's entries wait until it was compared with its venue once more. */
export async function requireReconciliation(db: Db, accountId: string): Promise<void> {
  await db.updateTable('accounts').set({ must_reconcile: true }).where('id', '=', accountId).execute()
}

/**
 * What a worker does before anything else: where no other one is alive, the cluster starts, and no account's entries go
 * out before it was compared with its venue. Returns whether it was so.
 */
export async function noteStart(db: Db, workerId: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('accounts')
    .set({ must_reconcile: true })
    .where('status', '<>', 'closed')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('workers')
            .select('workers.id')
            .where('workers.role', '=', 'worker')
            .where('workers.id', '<>', workerId)
            .where('workers.stopped_at', 'is', null)
            .where('workers.heartbeat_at', '>', sql<Date>`clock_timestamp() - interval '15 seconds'`),
        ),
      ),
    )
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/**
 * Whether an order waits for the reconciliation of its account: an entry after a start of the cluster, everything after a
 * restore, when the books may tell of what is long gone.
 */
export async function waitsForReconciliation(
  db: Db,
  order: { readonly accountId: string; readonly purpose: OrderPurpose },
): Promise<boolean> {
  const row = await db
    .selectFrom('accounts')
    .select('must_reconcile')
    .select(
      sql<boolean>`seen_in <> this_database() or restored_at > coalesce(reconciled_at, '-infinity')`.as(
        'is_restored',
      ),
    )
    .where('id', '=', order.accountId)
    .executeTakeFirstOrThrow()
  // SQL's unknown is no.
  return row.is_restored === true || (order.purpose === 'entry' && row.must_reconcile)
}

/** Whether an entry rests on a signal that is older than the restore of its account's database. */
export async function isOlderThanRestore(db: Db, orderId: string): Promise<boolean> {
  const row = await db
    .selectFrom('orders')
    .innerJoin('accounts', 'accounts.id', 'orders.account_id')
    .innerJoin('positions', 'positions.id', 'orders.position_id')
    .innerJoin('trading_signals as signal', 'signal.id', 'positions.signal_id')
    .select('orders.id')
    .where('orders.id', '=', orderId)
    .whereRef('signal.recorded_at', '<', 'accounts.restored_at')
    .executeTakeFirst()
  return row !== undefined
}
