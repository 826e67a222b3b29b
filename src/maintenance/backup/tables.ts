import type pg from 'pg'

/** A table as it is written and read back. */
export interface BackedUpTable {
  /** 'public.orders'. */
  readonly name: string
  /** For statements. */
  readonly quoted: string
  readonly columns: readonly { readonly name: string; readonly quoted: string; readonly type: string }[]
  /** Columns that number themselves. */
  readonly identities: readonly string[]
}

/** What is not worth keeping: it is made anew, or is over by then. Sessions are secrets besides. */
const passing = [
  'auth.session',
  'auth.verification',
  'auth.rateLimit',
  'public.rate_limits',
  'public.sign_in_failures',
  'public.workers',
  'public.account_streams',
  'public.venue_budgets',
]

/** Every table of ours that is kept, each after those it refers to. */
export async function tablesOf(client: pg.ClientBase): Promise<BackedUpTable[]> {
  const { rows } = await client.query<{
    name: string
    quoted: string
    columns: BackedUpTable['columns']
    identities: string[]
    refers_to: string[]
  }>(query)
  const kept = rows.filter(({ name }) => !passing.includes(name))
  const sorted: typeof kept = []
  while (sorted.length < kept.length) {
    const done = new Set(sorted.map(({ name }) => name))
    const names = new Set(kept.map(({ name }) => name))
    const next = kept.filter(
      ({ name, refers_to }) =>
        !done.has(name) && refers_to.every((other) => other === name || done.has(other) || !names.has(other)),
    )
    if (next.length === 0) throw new Error('tables refer to each other in a circle')
    sorted.push(...next)
  }
  return sorted
}

/** The migrations that a database has, in order; none when it has no table of them. */
export async function appliedMigrations(client: pg.ClientBase): Promise<string[]> {
  const { rows: found } = await client.query<{ found: boolean }>(
    `select to_regclass('public.kysely_migration') is not null as found`,
  )
  if (!found[0]?.found) return []
  const { rows } = await client.query<{ name: string }>('select name from kysely_migration order by name')
  return rows.map(({ name }) => name)
}

const query = `
select n.nspname || '.' || c.relname as name,
  format('%I.%I', n.nspname, c.relname) as quoted,
  (select json_agg(json_build_object('name', a.attname, 'quoted', quote_ident(a.attname),
       'type', format_type(a.atttypid, a.atttypmod)) order by a.attnum)
     from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
  array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attidentity <> '') as identities,
  array(select rn.nspname || '.' || r.relname from pg_constraint k join pg_class r on r.oid = k.confrelid
     join pg_namespace rn on rn.oid = r.relnamespace where k.conrelid = c.oid and k.contype = 'f') as refers_to
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname in ('public', 'auth') and c.relkind = 'r' and c.relname not like 'kysely_migration%'
order by 1`
