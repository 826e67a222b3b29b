import { type Kysely, sql } from 'kysely'
import { protectTenantTable } from '../tenant-table.ts'

/**
 * What a person may do with one position from the web: ask for its close, tighten its stop, set its target. The web writes the
 * wish alone; workers close and move what rests at the venue.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table close_requests (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null,
      position_id uuid not null,
      asked_by text not null,
      asked_at timestamptz not null default clock_timestamp(),
      advanced_at timestamptz,
      waits_for text,
      ended_at timestamptz,
      foreign key (position_id, user_id) references positions (id, user_id)
    )`.execute(db)
  await sql`comment on column close_requests.waits_for is 'why it is not over yet, in words'`.execute(db)
  // Pressed twenty times, it closes once.
  await sql`create unique index close_requests_open on close_requests (position_id) where ended_at is null`.execute(
    db,
  )
  await protectTenantTable(db, 'close_requests')
  await sql`grant select, insert (user_id, position_id, asked_by) on close_requests to bullpen_app`.execute(
    db,
  )
  await sql`grant select, update on close_requests to bullpen_worker`.execute(db)

  await sql`alter table monitored_positions add column is_target_own boolean not null default false`.execute(
    db,
  )
  await sql`comment on column monitored_positions.is_target_own is
    'the user set the take profit: re-evaluations leave it alone'`.execute(db)
  await sql`grant update (stop_loss, take_profit, is_target_own, updated_at) on monitored_positions to bullpen_app`.execute(
    db,
  )
  await sql`grant insert on position_reevaluations to bullpen_app`.execute(db)
  // Workers write the tighter of two views; of the web's new right the database makes sure itself: a stop only tightens.
  await sql`
    create function guard_stop() returns trigger language plpgsql as $fn$
    declare
      side text := (select p.side from positions p where p.id = new.position_id);
    begin
      if new.stop_loss is null or (side = 'long' and new.stop_loss < old.stop_loss)
         or (side = 'short' and new.stop_loss > old.stop_loss) then
        raise exception 'position %: a stop only tightens (% to %)', new.position_id, old.stop_loss, new.stop_loss
          using errcode = 'check_violation';
      end if;
      return new;
    end $fn$`.execute(db)
  await sql`create trigger guard_stop before update of stop_loss on monitored_positions for each row
    when (current_user = 'bullpen_app' and old.stop_loss is not null and new.stop_loss is distinct from old.stop_loss)
    execute function guard_stop()`.execute(db)
}
