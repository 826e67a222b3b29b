import pg from 'pg'

/**
 * The schema of a database as sorted text, one fact per line: columns, constraints, indexes, policies, grants,
 * functions, triggers. Committed as db/schema.sql, so that a migration shows in review as what it changes.
 */
export async function dumpSchema(url: string): Promise<string> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ line: string }>(query)
    return `-- The schema after all migrations, one fact per line; compared by the tests.\n${rows.map((row) => row.line).join('\n')}\n`
  } finally {
    await client.end()
  }
}

const query = `
with tables as (
  select c.oid, n.nspname || '.' || c.relname as name, c.relrowsecurity, c.relforcerowsecurity, c.relacl
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname in ('public', 'auth') and c.relkind in ('r', 'p') and c.relname not like 'kysely_migration%'
)
select line from (
  select 'table ' || t.name || ' column ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
    || case when a.attnotnull then ' not null' else '' end
    || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
    || case when a.attidentity <> '' then ' identity' else '' end as line
  from tables t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  union all
  select 'table ' || t.name || ' constraint ' || c.conname || ' ' || pg_get_constraintdef(c.oid)
  from tables t join pg_constraint c on c.conrelid = t.oid where c.contype <> 'n'
  union all
  select 'table ' || t.name || ' index ' || pg_get_indexdef(i.indexrelid)
  from tables t join pg_index i on i.indrelid = t.oid
  where not exists (select from pg_constraint c where c.conindid = i.indexrelid)
  union all
  select 'table ' || t.name || ' policy ' || p.policyname || ' ' || p.cmd || ' to ' || array_to_string(p.roles, ',')
    || coalesce(' using ' || p.qual, '') || coalesce(' check ' || p.with_check, '')
  from tables t join pg_policies p on p.schemaname || '.' || p.tablename = t.name
  union all
  select 'table ' || t.name || ' row security' || case when t.relforcerowsecurity then ' forced' else '' end
  from tables t where t.relrowsecurity
  union all
  select 'table ' || t.name || ' grant ' || g.privilege_type || ' to ' || g.grantee::regrole::text
  from tables t, aclexplode(t.relacl) g where g.grantee::regrole::text like 'bullpen\\_%'
  union all
  select 'table ' || t.name || ' grant ' || g.privilege_type || ' (' || a.attname || ') to ' || g.grantee::regrole::text
  from tables t join pg_attribute a on a.attrelid = t.oid, aclexplode(a.attacl) g where g.grantee::regrole::text like 'bullpen\\_%'
  union all
  select 'table ' || t.name || ' trigger ' || pg_get_triggerdef(g.oid)
  from tables t join pg_trigger g on g.tgrelid = t.oid where not g.tgisinternal
  union all
  select 'function ' || replace(pg_get_functiondef(p.oid), E'\\n', E'\\n  ')
  from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ('public', 'auth')
) facts order by line collate "C"`
