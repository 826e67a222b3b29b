import { type Kysely, sql } from 'kysely'

/**
 * What administrators may do from the dashboard: halts and close-alls of every place, the audit log of everybody, and figures
 * of the cluster. A transaction has to say that it acts for all, and the database looks whether its tenant may: so whatever
 * an administrator asks as a trader shows their own rows and no other's.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function acts_for_all() returns boolean language sql stable set search_path = public as $fn$
      select coalesce(current_setting('app.for_all', true), '') = 'on' and acts_as_admin()
    $fn$`.execute(db)
  for (const table of ['halts', 'close_batches', 'audit_log'])
    await sql`create policy admin_read on ${sql.table(table)} for select to bullpen_app using ((select acts_for_all()))`.execute(
      db,
    )
  for (const table of ['halts', 'close_batches', 'audit_log'])
    await sql`create policy admin_add on ${sql.table(table)} for insert to bullpen_app with check ((select acts_for_all()))`.execute(
      db,
    )
  await sql`create policy admin_change on halts for update to bullpen_app
    using ((select acts_for_all())) with check ((select acts_for_all()))`.execute(db)
  await sql`grant insert on halts to bullpen_app`.execute(db)
  await sql`grant select on monitor_shards, venue_budgets, venue_allowances to bullpen_app`.execute(db)
  await createFigures(db)
}

/**
 * Figures over every tenant. They run as the worker, who sees all rows, and give sums and names, never a position, an order or
 * an amount; to anybody but an administrator they give nothing.
 */
async function createFigures(db: Kysely<unknown>): Promise<void> {
  await sql`
    create function positions_by_place() returns table (exchange text, market text, mode text, open integer, unprotected integer,
      longest_seconds double precision)
    language sql stable security definer set search_path = public as $fn$
      select a.exchange, a.market, a.mode, count(*)::integer,
        count(gap.id)::integer, max(extract(epoch from clock_timestamp() - gap.began_at))::double precision
      from positions p join accounts a on a.id = p.account_id
      left join protection_gaps gap on gap.position_id = p.id and gap.ended_at is null
      where p.state in ('open', 'closing', 'stray') and acts_for_all()
      group by a.exchange, a.market, a.mode order by a.exchange, a.market, a.mode
    $fn$`.execute(db)
  await sql`
    create function orders_by_exchange(since interval) returns table (exchange text, is_entry boolean, sent integer,
      unknown integer, rejected integer, sent_p50_ms double precision, sent_p95_ms double precision,
      booked_p50_ms double precision, booked_p95_ms double precision)
    language sql stable security definer set search_path = public as $fn$
      select o.exchange, o.purpose = 'entry', count(o.sent_at)::integer,
        (count(*) filter (where o.state = 'unknown'))::integer, (count(*) filter (where o.state = 'rejected'))::integer,
        percentile_cont(0.5) within group (order by extract(epoch from o.sent_at - o.planned_at) * 1000),
        percentile_cont(0.95) within group (order by extract(epoch from o.sent_at - o.planned_at) * 1000),
        percentile_cont(0.5) within group (order by extract(epoch from booked.at - o.sent_at) * 1000),
        percentile_cont(0.95) within group (order by extract(epoch from booked.at - o.sent_at) * 1000)
      from orders o
      left join lateral (select min(recorded_at) as at from fills where fills.order_id = o.id and o.type = 'market') booked on true
      where acts_for_all() and o.purpose in ('entry', 'exit')
        and (o.sent_at > clock_timestamp() - since or o.state = 'unknown')
      group by o.exchange, o.purpose = 'entry' order by o.exchange, o.purpose = 'entry' desc
    $fn$`.execute(db)
  await sql`
    create function streams_by_exchange() returns table (exchange text, accounts integer, heard integer)
    language sql stable security definer set search_path = public as $fn$
      select a.exchange, count(*)::integer, (count(*) filter (where s.whole_since is not null and s.lease_until > clock_timestamp()))::integer
      from accounts a left join account_streams s on s.account_id = a.id
      where a.status <> 'closed' and acts_for_all()
      group by a.exchange order by a.exchange
    $fn$`.execute(db)
  await sql`
    create function close_progress(batch uuid) returns table (positions integer, closed integer)
    language sql stable security definer set search_path = public as $fn$
      select count(*)::integer, (count(*) filter (where p.state not in ('opening', 'open', 'closing', 'stray')))::integer
      from positions p where acts_for_all()
        and p.id = any (array(select unnest(position_ids) from close_batches where id = batch))
    $fn$`.execute(db)
  await sql`
    create function accounts_named() returns table (id uuid, user_id uuid, name text, exchange text, market text, mode text)
    language sql stable security definer set search_path = public as $fn$
      select a.id, a.user_id, a.name, a.exchange, a.market, a.mode from accounts a
      where a.status <> 'closed' and acts_for_all() order by a.created_at, a.id
    $fn$`.execute(db)
  await sql`
    create function is_pair_known(pair text) returns boolean
    language sql stable security definer set search_path = public as $fn$
      select acts_for_all() and (exists (select from trading_signals where symbol = pair)
        or exists (select from positions where split_part(symbol, ':', 1) = pair))
    $fn$`.execute(db)
  // An owner needs the right to create in the schema for the moment in which it becomes one.
  await sql`grant create on schema public to bullpen_worker`.execute(db)
  for (const signature of [
    'positions_by_place()',
    'orders_by_exchange(interval)',
    'streams_by_exchange()',
    'close_progress(uuid)',
    'accounts_named()',
    'is_pair_known(text)',
  ])
    await sql`alter function ${sql.raw(signature)} owner to bullpen_worker`.execute(db)
  await sql`revoke create on schema public from bullpen_worker`.execute(db)
}
