import { randomBytes, randomUUID } from 'node:crypto'
import pg from 'pg'
import { expect, test } from 'vitest'
import { constraints } from '#src/chaos/constraints.ts'
import { testDatabase } from '#test/support/database.ts'

/** Eight workers that look at nothing before they write: what holds then is the database alone. */
const careless = 8

interface Place {
  readonly user: string
  readonly account: string
  readonly signal: string
  readonly position: string
  readonly order: string
}

/** How careless workers try what a constraint prevents. */
interface Attack {
  /** Other guards that would refuse the same, taken away beforehand. */
  readonly without?: readonly string[]
  /** What each careless worker does. */
  readonly act: (place: Place, worker: number) => { text: string; values: unknown[] }
  /** How many rows break the rule. */
  readonly broken: string
}

const hex = () => randomBytes(16).toString('hex')

const orderOf = ({ user, account, position }: Place, clientOrderId: string) => ({
  text: `insert into orders (user_id, account_id, position_id, exchange, symbol, side, purpose, type, quantity, reference_price,
      is_reduce_only, client_order_id) values ($1, $2, $3, 'binance', 'BTC/USDT', 'buy', 'entry', 'market', 1, 1, false, $4)`,
  values: [user, account, position, clientOrderId],
})

const positionOf = ({ user, account }: Place, symbol: string, signal: string | null) => ({
  text: `insert into positions (user_id, account_id, source, symbol, side, state, signal_id) values ($1, $2, 'test', $3, 'long', 'opening', $4)`,
  values: [user, account, symbol, signal],
})

const attacks: Readonly<Record<keyof typeof constraints, Attack>> = {
  slots: {
    act: ({ user, position, order }) => ({
      text: `with o as (insert into orders (user_id, account_id, position_id, exchange, symbol, side, purpose, type, quantity,
          reference_price, is_reduce_only, client_order_id)
          select user_id, account_id, position_id, exchange, symbol, side, purpose, type, quantity, reference_price,
            is_reduce_only, $4 from orders where id = $3 returning id)
        insert into order_slots (user_id, position_id, slot, order_id) select $1, $2, 'close', id from o`,
      values: [user, position, order, hex()],
    }),
    broken:
      'select position_id, slot from order_slots where released_at is null group by 1, 2 having count(*) > 1',
  },
  positions: {
    act: (place) => positionOf(place, 'ETH/USDT', null),
    broken: `select account_id, symbol from positions where state in ('opening', 'open', 'closing') group by 1, 2 having count(*) > 1`,
  },
  signals: {
    act: (place, worker) => positionOf(place, `C${worker}/USDT`, place.signal),
    broken:
      'select account_id, signal_id from positions where signal_id is not null group by 1, 2 having count(*) > 1',
  },
  oversold: {
    act: ({ position }) => ({
      text: 'update positions set qty_reserved = qty_reserved + 0.4 where id = $1',
      values: [position],
    }),
    broken: 'select id from positions where qty_reserved > qty_open',
  },
  clientIds: {
    act: (place) => orderOf(place, 'a'.repeat(32)),
    broken: 'select client_order_id from orders group by account_id, 1 having count(*) > 1',
  },
  venueIds: {
    act: (place) => {
      const { text, values } = orderOf(place, hex())
      return {
        text: text
          .replace('client_order_id)', 'client_order_id, venue_order_id)')
          .replace('$4)', "$4, '77')"),
        values,
      }
    },
    broken: `select venue_order_id from orders where venue_order_id is not null group by account_id, symbol, 1 having count(*) > 1`,
  },
  fills: {
    act: ({ user, account, position, order }) => ({
      text: `insert into fills (user_id, account_id, symbol, venue_trade_id, order_id, position_id, side, price, quantity, cost,
          fee, fee_currency, fee_price, is_maker, filled_at)
        values ($1, $2, 'BTC/USDT', '5', $4, $3, 'buy', 1, 1, 1, 0, 'USDT', 1, false, now())`,
      values: [user, account, position, order],
    }),
    broken: 'select venue_trade_id from fills group by account_id, symbol, 1 having count(*) > 1',
  },
  ledger: {
    act: ({ user, account }) => ({
      text: `insert into ledger (user_id, account_id, kind, currency, amount, symbol, venue_trade_id)
        values ($1, $2, 'fill', 'USDT', -1, 'BTC/USDT', '5')`,
      values: [user, account],
    }),
    broken: `select venue_trade_id from ledger where venue_trade_id is not null group by account_id, symbol, 1, kind, currency having count(*) > 1`,
  },
  trades: {
    act: ({ user, account, position }) => ({
      text: `insert into trades (user_id, account_id, position_id, source, symbol, side, quantity, entry_price, exit_price, gross_pnl,
          fees, pnl, profit_ratio, close_reason, opened_at, closed_at)
        values ($1, $2, $3, 'test', 'BTC/USDT', 'long', 1, 1, 1, 0, 0, 0, 0, 'manual', now(), now())`,
      values: [user, account, position],
    }),
    broken: 'select position_id from trades group by 1 having count(*) > 1',
  },
  transitions: {
    act: ({ order }) => ({
      text: `update orders set state = case state when 'planned' then 'abandoned' else 'submitting' end, sent_at = now() where id = $1`,
      values: [order],
    }),
    broken: `select id from orders where state = 'submitting'`,
  },
  purpose: {
    act: ({ order }) => ({
      text: 'update orders set quantity = quantity + 1 where id = $1',
      values: [order],
    }),
    broken: 'select id from orders where quantity <> 1',
  },
  filled: {
    act: ({ order }) => ({ text: 'update orders set filled = filled - 0.1 where id = $1', values: [order] }),
    broken: 'select id from orders where filled < 0.9',
  },
  durable: {
    act: ({ order }) => ({ text: `update orders set state = 'submitting' where id = $1`, values: [order] }),
    broken: `select id from orders where state not in ('planned', 'abandoned') and sent_at is null`,
  },
  exits: {
    act: (place) => {
      const { text, values } = orderOf(place, hex())
      return {
        text: text
          .replace("'entry'", "'exit'")
          .replace('client_order_id)', 'client_order_id, close_reason, expires_at)')
          .replace('$4)', "$4, 'manual', now())"),
        values,
      }
    },
    broken: `select id from orders where purpose <> 'entry' and expires_at is not null`,
  },
  absent: {
    without: ['drop trigger guard_absence on orders', 'drop trigger guard_order on orders'],
    act: ({ order }) => ({
      text: `update orders set state = 'not_at_venue', sent_at = now() where id = $1`,
      values: [order],
    }),
    broken: `select id from orders where state = 'not_at_venue' and filled > 0`,
  },
  evidence: {
    without: ['drop trigger guard_order on orders'],
    act: ({ order }) => ({
      text: `update orders set state = 'not_at_venue', filled = 0, sent_at = now() where id = $1`,
      values: [order],
    }),
    broken: `select id from orders where state = 'not_at_venue'`,
  },
  closed: {
    act: ({ position }) => ({
      text: `update positions set state = 'closed' where id = $1`,
      values: [position],
    }),
    broken: `select id from positions where state in ('closed', 'void') and qty_open > 0`,
  },
}

const rules = Object.entries(constraints).map(([key, constraint]) => ({
  ...constraint,
  ...attacks[key as keyof typeof constraints],
}))

test.each(rules)('$name prevents $prevents', async ({ without = [], drop, act, broken }) => {
  const { url, query } = await testDatabase()
  const place = await furnish(query)
  for (const guard of without) await query(guard)
  const attack = async () => {
    await Promise.all(
      Array.from({ length: careless }, async (_, worker) => {
        const client = new pg.Client({ connectionString: url })
        await client.connect()
        const { text, values } = act(place, worker)
        await client.query(text, values).catch((error: { code?: string }) => {
          expect(['23505', '23514']).toContain(error.code) // unique, check: refused, and nothing else went wrong
        })
        await client.end()
      }),
    )
    return (await query(broken)).length
  }
  expect(await attack()).toBe(0)
  await query(drop)
  expect(await attack()).toBeGreaterThan(0)
})

async function furnish(query: (text: string, values?: unknown[]) => Promise<unknown>): Promise<Place> {
  const [user, account, signal, position, order] = Array.from({ length: 5 }, () => randomUUID()) as [
    string,
    string,
    string,
    string,
    string,
  ]
  await query(
    `insert into auth."user" (id, name, email, "emailVerified") values ($1::uuid, 'x', $1::text || '@x.test', true)`,
    [user],
  )
  await query(
    `insert into accounts (id, user_id, name, exchange, market, mode, quote) values ($1, $2, 'x', 'binance', 'spot', 'paper', 'USDT')`,
    [account, user],
  )
  await query(
    `insert into trading_signals (id, source, symbol, action, confidence, price, created_at, renewed_at, expires_at)
     values ($1, 'test', 'BTC/USDT', 'BUY', 0.6, 1, now(), now(), now() + interval '1 hour')`,
    [signal],
  )
  await query(
    `insert into positions (id, user_id, account_id, source, symbol, side, state, qty_open, qty_entered)
     values ($1, $2, $3, 'test', 'BTC/USDT', 'long', 'open', 1, 1)`,
    [position, user, account],
  )
  await query(
    `insert into orders (id, user_id, account_id, position_id, exchange, symbol, side, purpose, type, quantity, reference_price,
       is_reduce_only, client_order_id, filled)
     values ($1, $2, $3, $4, 'binance', 'BTC/USDT', 'buy', 'entry', 'market', 1, 1, false, $5, 1)`,
    [order, user, account, position, hex()],
  )
  return { user, account, signal, position, order }
}
