import { type Kysely, sql } from 'kysely'
import { protectTenantTable } from '../tenant-table.ts'

/**
 * What the venue answered while an order's outcome was unknown, question by question, and the rule that "not at the venue"
 * rests on it: two whole rounds of nothing, at least 5 s apart, and no fill.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table order_evidence (
      id bigint generated always as identity primary key,
      user_id uuid not null,
      order_id uuid not null,
      round integer not null check (round >= 1),
      kind text not null check (kind in ('by-id', 'open-orders', 'closed-orders', 'fills', 'balance-or-position')),
      found boolean not null,
      details jsonb not null default '{}',
      server_time timestamptz not null,
      asked_at timestamptz not null,
      foreign key (order_id, user_id) references orders (id, user_id),
      constraint asked_once_a_round unique (order_id, round, kind)
    )`.execute(db)
  await sql`comment on column order_evidence.found is
    'whether this answer speaks for the order: the order itself, a fill nobody else accounts for, money that moved'`.execute(
    db,
  )
  await sql`comment on column order_evidence.server_time is 'the venue''s clock when the round began'`.execute(
    db,
  )
  await protectTenantTable(db, 'order_evidence')
  await sql`grant select on order_evidence to bullpen_app`.execute(db)
  await sql`grant select, insert on order_evidence to bullpen_worker`.execute(db)
  await sql`
    create function guard_absence() returns trigger language plpgsql as $fn$
    declare
      rounds integer;
      apart interval;
    begin
      select count(*), max(first_asked) - min(first_asked) into rounds, apart from (
        select min(evidence.asked_at) as first_asked from order_evidence evidence where evidence.order_id = new.id
        group by evidence.round having count(*) = 5 and not bool_or(evidence.found)) absent;
      if rounds < 2 or apart < interval '5 seconds' then
        raise exception 'order %: % rounds of nothing found do not prove that it is not at the venue', new.id, rounds
          using errcode = 'check_violation';
      end if;
      if exists (select from fills where order_id = new.id) then
        raise exception 'order % has fills: it was at the venue', new.id using errcode = 'check_violation';
      end if;
      return new;
    end $fn$`.execute(db)
  await sql`create trigger guard_absence before update on orders for each row
    when (new.state = 'not_at_venue' and old.state <> 'not_at_venue') execute function guard_absence()`.execute(
    db,
  )
  await sql`alter table orders add column asks integer not null default 0`.execute(db)
  await sql`comment on column orders.asks is 'how often the venue was asked for it while its outcome was unknown'`.execute(
    db,
  )
}
