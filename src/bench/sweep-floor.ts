import pg from 'pg'
import { symbols } from './sweep-positions.ts'

/** Open positions as bare rows of doubles in a table of their own. */
export interface FlatPositions {
  /** Reads every row, judges it, and writes the new best prices back in one statement. */
  sweep(prices: ReadonlyMap<string, number>): Promise<void>
}

type FlatRow = [id: string, symbol: string, side: number, qty: number, entry: number, ...hot: number[]]

/** Makes the table with the same positions as the other side has. */
export async function openFlatPositions(
  url: string,
  count: number,
  closing: AsyncDisposableStack,
): Promise<FlatPositions> {
  const client = closing.adopt(new pg.Client({ connectionString: url }), (each) => each.end())
  await client.connect()
  await client.query(`
    create table flat_positions (
      id bigint primary key, symbol text not null, side smallint not null, qty float8 not null, entry float8 not null,
      sl float8, tp float8, peak float8, flags int not null default 0, status smallint not null default 0
    ) with (fillfactor = 70)`)
  await client.query(
    `insert into flat_positions select i, 'S' || i % $2::int, case when i % 10 < 6 then 1 else -1 end, 1, 10000,
       case when i % 10 < 6 then 9000 else 11000 end, case when i % 10 < 6 then 12000 else 8000 end,
       case when i % 10 < 6 then 10100 else 9990 end
     from generate_series(0, $1::int - 1) as i`,
    [count, symbols],
  )
  await client.query('create index on flat_positions (status) where status = 0')
  await client.query('vacuum analyze flat_positions')
  return {
    async sweep(prices) {
      const { rows } = await client.query<FlatRow>({
        text: 'select id, symbol, side, qty, entry, sl, tp, peak, flags from flat_positions where status = 0',
        rowMode: 'array',
      })
      const ids: string[] = []
      const peaks: number[] = []
      for (const [id, symbol, side, , , stop = 0, target = 0, peak = 0] of rows) {
        const price = prices.get(symbol) ?? Number.NaN
        const signed = price * side
        if (signed <= stop * side || signed >= target * side) throw new Error(`${symbol} would be closed`)
        if (signed <= peak * side) continue
        ids.push(id)
        peaks.push(price)
      }
      await client.query(
        `update flat_positions as flat set peak = seen.peak, flags = flat.flags + 1
         from unnest($1::bigint[], $2::float8[]) as seen (id, peak) where flat.id = seen.id`,
        [ids, peaks],
      )
    },
  }
}
