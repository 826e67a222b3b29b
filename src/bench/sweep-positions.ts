import pg from 'pg'
import type { ExitRules } from '../domain/exits/exit-rules.ts'
import { tickOf } from '../domain/tick.ts'

/** When every position opened, market time. */
export const openedAtMs = Date.UTC(2026, 2, 23, 10)

/** How many symbols the positions are in. */
export const symbols = 500

const rules: ExitRules = {
  tick: tickOf('0.01'),
  stepSize: '0.001',
  minQuantity: '0.001',
  minNotional: '5',
  reduceOnly: true,
  trailing: { activation: 0.005, distance: 0.01 },
  partials: [
    { profit: 0.03, fraction: 0.25 },
    { profit: 0.06, fraction: 0.5 },
    { profit: 0.09, fraction: 0.75 },
  ],
  timeExitMs: 12 * 3_600_000,
  dynamicStops: true,
  smartExit: false,
}

/**
 * Opens positions on shard 0, a symbol each, in as many accounts as that takes: six in ten long, entered at
 * 10,000, their trailing stops active.
 */
export async function seedPositions(url: string, count: number): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ id: string }>(
      `insert into auth."user" (name, email, "emailVerified") values ('bench', 'bench@example.test', true) returning id`,
    )
    const userId = rows[0]?.id
    await client.query(
      `insert into accounts (user_id, name, exchange, market, mode, quote)
       select $1, 'bench ' || i, 'binance', 'futures', 'paper', 'USDT' from generate_series(0, $2::int) as i`,
      [userId, Math.ceil(count / symbols)],
    )
    await client.query(
      `insert into positions (user_id, account_id, source, symbol, side, state, qty_open, qty_entered, entry_price,
         stop_loss, take_profit, opened_at)
       select $1, account.id, 'bench', 'S' || i % $2::int, case when i % 10 < 6 then 'long' else 'short' end,
         'open', 1, 1, 10000, case when i % 10 < 6 then 9000 else 11000 end,
         case when i % 10 < 6 then 12000 else 8000 end, $3
       from generate_series(0, $4::int - 1) as i
       join accounts as account on account.user_id = $1 and account.name = 'bench ' || i / $2::int`,
      [userId, symbols, new Date(openedAtMs), count],
    )
    await client.query(
      `insert into monitored_positions (position_id, user_id, shard, entry_price, best_price, stop_loss, take_profit,
         reevaluated_at, rules)
       select id, user_id, 0, 10000, case side when 'long' then 10100 else 9990 end, stop_loss, take_profit, $1, $2
       from positions where source = 'bench'`,
      [new Date(openedAtMs), JSON.stringify(rules)],
    )
    await client.query('vacuum analyze positions, monitored_positions')
  } finally {
    await client.end()
  }
}

/**
 * The last price of every symbol at a step: one symbol in eight is at a new high, which is a new best price for seven or
 * eight positions in a hundred; nothing is due.
 */
export function pricesOf(step: number): ReadonlyMap<string, number> {
  const high = (1_010_001 + step) / 100
  return new Map(
    Array.from({ length: symbols }, (_, i) => [`S${i}`, i % 8 === step % 8 ? high : 10_080] as const),
  )
}
