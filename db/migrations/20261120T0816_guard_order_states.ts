import { type Kysely, sql } from 'kysely'

/** An order moves only along the legal edges, what it is never changes, and what filled only grows. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function guard_order() returns trigger language plpgsql as $fn$
    begin
      if (new.id, new.user_id, new.account_id, new.position_id, new.symbol, new.side, new.purpose, new.quantity, new.client_order_id, new.attempt)
         is distinct from
         (old.id, old.user_id, old.account_id, old.position_id, old.symbol, old.side, old.purpose, old.quantity, old.client_order_id, old.attempt) then
        raise exception 'order %: identity, side and quantity never change', old.id using errcode = 'check_violation';
      end if;
      if new.filled < old.filled then
        raise exception 'order %: filled only grows (% to %)', old.id, old.filled, new.filled using errcode = 'check_violation';
      end if;
      if new.state <> old.state and not (new.state = any (case old.state
        when 'planned' then array['submitting', 'abandoned']
        when 'submitting' then array['open', 'partially_filled', 'filled', 'canceled', 'rejected', 'planned', 'unknown']
        when 'open' then array['partially_filled', 'filled', 'canceling', 'canceled', 'rejected']
        when 'partially_filled' then array['open', 'filled', 'canceling', 'canceled', 'rejected']
        when 'canceling' then array['canceled', 'rejected', 'filled', 'open', 'partially_filled', 'unknown']
        when 'unknown' then array['open', 'partially_filled', 'filled', 'canceled', 'rejected', 'not_at_venue', 'manual']
        when 'not_at_venue' then array['open', 'partially_filled', 'filled']
        when 'canceled' then array['open', 'partially_filled', 'filled']
        when 'rejected' then array['open', 'partially_filled', 'filled']
        when 'manual' then array['open', 'partially_filled', 'filled']
        else array[]::text[] end)) then
        raise exception 'order %: % may not become %', old.id, old.state, new.state using errcode = 'check_violation';
      end if;
      return new;
    end $fn$`.execute(db)
  await sql`create trigger guard_order before update on orders for each row execute function guard_order()`.execute(
    db,
  )
}
