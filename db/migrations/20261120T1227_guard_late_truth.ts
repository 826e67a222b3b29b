import { type Kysely, sql } from 'kysely'

const states = sql`('planned', 'submitting', 'open', 'partially_filled', 'filled', 'canceling', 'canceled', 'rejected', 'unknown',
  'not_at_venue', 'abandoned', 'manual')`

/** An ending that was believed is taken back by what the venue shows alone; and an event names states that there are. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function guard_late_truth() returns trigger language plpgsql as $fn$
    begin
      raise exception 'order %: % becomes % by the venue''s own order alone, and none is named', old.id, old.state, new.state
        using errcode = 'check_violation';
    end $fn$`.execute(db)
  await sql`
    create trigger guard_late_truth before update on orders for each row
    when (old.state in ('not_at_venue', 'canceled', 'rejected', 'manual') and new.state in ('open', 'partially_filled', 'filled')
      and new.venue_order_id is null) execute function guard_late_truth()`.execute(db)
  await sql`
    alter table order_events
      add constraint events_know_their_states check (to_state in ${states} and from_state in ${states})`.execute(
    db,
  )
}
