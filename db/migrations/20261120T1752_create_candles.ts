import { type Kysely, sql } from 'kysely'

/** Closed candles of what workers look at, for the charts: the web never talks to an exchange. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table candles (
      exchange text not null,
      market text not null,
      is_paper boolean not null,
      symbol text not null,
      timeframe text not null check (timeframe in ('5m', '1h')),
      open_time timestamptz not null,
      open double precision not null,
      high double precision not null,
      low double precision not null,
      close double precision not null,
      volume double precision not null,
      primary key (exchange, market, is_paper, symbol, timeframe, open_time)
    )`.execute(db)
  await sql`comment on column candles.is_paper is 'of the simulator''s market, which is none but its own'`.execute(
    db,
  )
  await sql`create index candles_age on candles (timeframe, open_time)`.execute(db)
  await sql`grant select on candles to bullpen_app`.execute(db)
  await sql`grant select, insert, update, delete on candles to bullpen_worker`.execute(db)
}
