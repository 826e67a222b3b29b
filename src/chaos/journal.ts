import pg from 'pg'

/** The harness's own notes, in a schema of its own beside Bullpen's: what was asked for, by whom. */
export interface Journal {
  query<T extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<T[]>
  close(): Promise<void>
}

/** Opens the database as its owner, past every proxy, and makes the tables of the harness. */
export async function openJournal(url: string): Promise<Journal> {
  const pool = new pg.Pool({ connectionString: url, max: 6 })
  pool.on('error', () => {})
  await pool.query(`
    create schema chaos;
    create table chaos.accounts (
      account_id uuid primary key, api_key text not null, handler text not null, market text not null, touched_at timestamptz);
    create table chaos.intents (order_id uuid primary key, position_id uuid not null, slot text not null);
    create table chaos.halts (
      id bigint generated always as identity primary key, scope text not null, key text not null,
      set_at timestamptz not null, lifting_at timestamptz);
    create table chaos.naive (
      id uuid primary key, account_id uuid not null, symbol text not null, side text not null, quantity numeric not null,
      client_order_id text not null, state text not null default 'asked', reason text);
    grant usage on schema chaos to bullpen_worker;
    grant select, insert, update on all tables in schema chaos to bullpen_worker;`)
  return {
    async query<T extends pg.QueryResultRow>(text: string, values: unknown[] = []) {
      return (await pool.query<T>(text, values)).rows
    },
    close: () => pool.end(),
  }
}
