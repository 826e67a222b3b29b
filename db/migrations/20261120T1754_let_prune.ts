import { type Kysely, sql } from 'kysely'

/**
 * Workers delete what nobody needs any more: what webhooks received, sessions that have ended, counts of guesses. Of the tables
 * of signing in they see ages alone. A signal can go only when nothing names it, which is looked up by these indexes.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index decisions_signal on decisions (signal_id)`.execute(db)
  await sql`create index positions_signal on positions (signal_id)`.execute(db)
  await sql`create index trades_signal on trades (signal_id)`.execute(db)
  await sql`create index webhook_deliveries_signal on webhook_deliveries (signal_id) where signal_id is not null`.execute(
    db,
  )
  await sql`grant delete on webhook_deliveries to bullpen_worker`.execute(db)
  await sql`grant select (id, "expiresAt"), delete on auth."session", auth.verification to bullpen_worker`.execute(
    db,
  )
  await sql`grant select (id, "lastRequest"), delete on auth."rateLimit" to bullpen_worker`.execute(db)
  await sql`grant select (key, began_at), delete on rate_limits to bullpen_worker`.execute(db)
  await sql`grant select (key, locked_until), delete on sign_in_failures to bullpen_worker`.execute(db)
}
