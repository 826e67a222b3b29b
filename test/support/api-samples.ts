import type { TestWeb } from './web.ts'

/** A body that a route takes, as a test may send it: where a route wants one. */
export const sampleBodies: Readonly<Record<string, object>> = {
  'patch /positions/:id': { takeProfit: null },
  'post /positions/:id/close': {},
  'post /halts': { mode: 'no_entries' },
  'post /close-all': { stopEntries: false },
  'post /webhooks': { name: 'sample', kind: 'generic' },
  'patch /accounts/:id': { name: 'Sample' },
  'post /accounts/:id/key': { apiKey: 'sample', secret: 'sample' },
  'post /accounts': {
    name: 'Sample',
    exchange: 'binance',
    market: 'spot',
    mode: 'paper',
    balance: '1000',
  },
  'put /settings': { version: 0, settings: {} },
  'patch /settings': { version: 0, set: { risk_level: 5 } },
  'post /settings/preview': { set: { risk_level: 4 } },
  'post /webhooks/remove': { id: '00000000-0000-4000-8000-000000000000' },
}

/** What a GET cannot be asked without. */
export function sampleQuery(path: string, accountId: string): string {
  const queries: Readonly<Record<string, string>> = {
    '/equity': `?account=${accountId}&range=all`,
    '/candles': `?account=${accountId}&symbol=BTC/USDT`,
  }
  return queries[path] ?? ''
}

/** Every uuid that stands in a row of one user: what a stranger could have seen of them. */
export async function idsOf(web: TestWeb, userId: string): Promise<string[]> {
  const tables = await web.database.query<{ name: string }>(
    `select c.relname as name from pg_attribute a join pg_class c on c.oid = a.attrelid
     join pg_namespace n on n.oid = c.relnamespace
     where a.attname = 'user_id' and not a.attisdropped and c.relkind in ('r', 'p') and n.nspname = 'public' order by 1`,
  )
  const ids = new Set<string>([userId])
  for (const { name } of tables) {
    const rows = await web.database.query<{ ids: string[] }>(
      `select array(select value from jsonb_each_text(to_jsonb(t)) where key in ('id', 'account_id', 'position_id', 'order_id')
         and value ~ '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$') as ids
       from ${name} t where user_id = $1`,
      [userId],
    )
    for (const row of rows) for (const id of row.ids) ids.add(id)
  }
  return [...ids]
}
