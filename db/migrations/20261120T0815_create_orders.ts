import { type Kysely, sql } from 'kysely'
import { protectTenantTable } from '../tenant-table.ts'

/** The order journal: what we meant, what became of it, and the constraints that hold whatever the code does. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table orders (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null,
      account_id uuid not null,
      position_id uuid not null,
      exchange text not null,
      symbol text not null,
      side text not null check (side in ('buy', 'sell')),
      purpose text not null check (purpose in ('entry', 'exit', 'stop')),
      type text not null check (type in ('market', 'limit', 'stop_market')),
      quantity numeric not null check (quantity > 0),
      price numeric check (price > 0),
      stop_price numeric check (stop_price > 0),
      reference_price numeric not null check (reference_price > 0),
      is_reduce_only boolean not null,
      leverage numeric check (leverage >= 1),
      attempt integer not null default 1 check (attempt >= 1),
      client_order_id text not null check (client_order_id ~ '^[0-9a-f]{32}$'),
      venue_order_id text,
      state text not null default 'planned' check (state in ('planned', 'submitting', 'open', 'partially_filled', 'filled',
        'canceling', 'canceled', 'rejected', 'unknown', 'not_at_venue', 'abandoned', 'manual')),
      filled numeric not null default 0 check (filled >= 0),
      reserved numeric not null default 0 check (reserved >= 0 and reserved <= quantity),
      average_price numeric,
      close_reason text,
      expires_at timestamptz,
      planned_at timestamptz not null default now(),
      claimed_by text,
      sent_at timestamptz,
      lease_until timestamptz,
      ended_at timestamptz,
      failure_code text,
      failure_reason text,
      advice text,
      wakes integer not null default 0,
      woken_at timestamptz,
      foreign key (account_id, user_id) references accounts (id, user_id),
      foreign key (position_id, user_id) references positions (id, user_id),
      unique (id, user_id),
      unique (account_id, client_order_id),
      constraint only_entries_expire check (purpose = 'entry' or expires_at is null),
      constraint exits_have_a_reason check (purpose = 'entry' or close_reason is not null),
      constraint sent_before_anything_else check (state in ('planned', 'abandoned') or sent_at is not null),
      constraint not_at_venue_is_empty check (state <> 'not_at_venue' or filled = 0)
    )`.execute(db)
  await sql`comment on column orders.reserved is
    'what this exit still holds of its position; their sum is the position''s qty_reserved'`.execute(db)
  await sql`create unique index orders_venue_id on orders (account_id, symbol, venue_order_id) where venue_order_id is not null`.execute(
    db,
  )
  await sql`create index orders_living on orders (state, planned_at)
    where state in ('planned', 'submitting', 'open', 'partially_filled', 'canceling', 'unknown')`.execute(db)
  await sql`create index orders_position on orders (position_id)`.execute(db)
  await sql`create index orders_user on orders (user_id, planned_at desc)`.execute(db)
  await sql`
    create table order_slots (
      id bigint generated always as identity primary key,
      user_id uuid not null,
      position_id uuid not null,
      slot text not null check (slot ~ '^(entry|close|tp:[123]|stop:[0-9]+|reduce:[0-9]+)$'),
      order_id uuid not null,
      released_at timestamptz,
      foreign key (position_id, user_id) references positions (id, user_id),
      foreign key (order_id, user_id) references orders (id, user_id),
      unique (order_id, slot)
    )`.execute(db)
  // One live effect per business slot, however many evaluators ask for it.
  await sql`create unique index order_slots_live on order_slots (position_id, slot) where released_at is null`.execute(
    db,
  )
  await sql`
    create table order_events (
      id bigint generated always as identity primary key,
      user_id uuid not null,
      order_id uuid not null,
      from_state text,
      to_state text not null,
      actor text not null,
      evidence jsonb not null default '{}',
      at timestamptz not null default clock_timestamp(),
      foreign key (order_id, user_id) references orders (id, user_id)
    )`.execute(db)
  await sql`create index order_events_order on order_events (order_id, id)`.execute(db)
  await sql`
    create table fills (
      user_id uuid not null,
      account_id uuid not null,
      symbol text not null,
      venue_trade_id text not null,
      order_id uuid not null,
      position_id uuid not null,
      side text not null check (side in ('buy', 'sell')),
      price numeric not null check (price > 0),
      quantity numeric not null check (quantity > 0),
      cost numeric not null,
      fee numeric not null,
      fee_currency text not null,
      fee_price numeric not null,
      realized_pnl numeric,
      is_maker boolean not null,
      filled_at timestamptz not null,
      recorded_at timestamptz not null default now(),
      primary key (account_id, symbol, venue_trade_id),
      foreign key (account_id, user_id) references accounts (id, user_id),
      foreign key (order_id, user_id) references orders (id, user_id),
      foreign key (position_id, user_id) references positions (id, user_id)
    )`.execute(db)
  await sql`comment on column fills.fee_price is 'price of one fee_currency in the account''s quote when the fill was booked'`.execute(
    db,
  )
  await sql`create index fills_order on fills (order_id)`.execute(db)
  await sql`create index fills_position on fills (position_id)`.execute(db)
  await sql`
    create table ledger (
      id bigint generated always as identity primary key,
      user_id uuid not null,
      account_id uuid not null,
      kind text not null check (kind in ('opening', 'fill', 'fee', 'realized_pnl', 'funding', 'deposit', 'withdrawal', 'adjustment', 'excess')),
      currency text not null,
      amount numeric not null,
      symbol text,
      venue_trade_id text,
      note text,
      at timestamptz not null default now(),
      foreign key (account_id, user_id) references accounts (id, user_id)
    )`.execute(db)
  await sql`create unique index ledger_per_fill on ledger (account_id, symbol, venue_trade_id, kind, currency)
    where venue_trade_id is not null`.execute(db)
  await sql`create unique index ledger_opening on ledger (account_id, currency) where kind = 'opening'`.execute(
    db,
  )
  await sql`
    create table trades (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null,
      account_id uuid not null,
      position_id uuid not null unique,
      signal_id uuid references trading_signals (id),
      source text not null,
      symbol text not null,
      side text not null check (side in ('long', 'short')),
      quantity numeric not null,
      entry_price numeric not null,
      exit_price numeric not null,
      stop_loss numeric,
      take_profit numeric,
      gross_pnl numeric not null,
      fees numeric not null,
      funding numeric not null default 0,
      pnl numeric not null,
      profit_ratio double precision not null,
      close_reason text not null,
      opened_at timestamptz not null,
      closed_at timestamptz not null,
      created_at timestamptz not null default now(),
      foreign key (account_id, user_id) references accounts (id, user_id),
      foreign key (position_id, user_id) references positions (id, user_id)
    )`.execute(db)
  await sql`create index trades_account on trades (account_id, closed_at desc)`.execute(db)
  await sql`create index trades_user on trades (user_id, closed_at desc, id desc)`.execute(db)
  await sql`
    create table risk_reservations (
      id uuid primary key default gen_random_uuid(),
      user_id uuid not null,
      account_id uuid not null,
      position_id uuid not null unique,
      notional numeric not null check (notional >= 0),
      margin numeric not null check (margin >= 0),
      risk numeric not null check (risk >= 0),
      created_at timestamptz not null default now(),
      released_at timestamptz,
      foreign key (account_id, user_id) references accounts (id, user_id),
      foreign key (position_id, user_id) references positions (id, user_id)
    )`.execute(db)
  const tables = ['orders', 'order_slots', 'order_events', 'fills', 'ledger', 'trades', 'risk_reservations']
  for (const table of tables) {
    await protectTenantTable(db, table)
    await sql`grant select on ${sql.table(table)} to bullpen_app`.execute(db)
    // Nothing here is ever deleted: the journal is the truth about what we meant.
    await sql`grant select, insert on ${sql.table(table)} to bullpen_worker`.execute(db)
  }
  await sql`grant update on orders, order_slots, risk_reservations, trades to bullpen_worker`.execute(db)
}
