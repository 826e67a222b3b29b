import { sql } from 'kysely'
import type { Db } from '#db/client.ts'
import { newestMigration } from '#db/migrate.ts'
import { type Check, Ill } from './check.ts'

/** A deploy may take this long; two builds that are at work for longer were forgotten. */
const deployS = 15 * 60
const mib = 1024 * 1024

interface Row {
  readonly role: string
  readonly host: string
  readonly pid: number
  readonly version: string
  readonly build: string | null
  readonly schema: string | null
  readonly rssBytes: number
  readonly upS: number
}

/** All processes are of one build, know the schema, and keep within their memory. */
export function buildChecks(db: Db, { memoryLimitMb }: { readonly memoryLimitMb: number }): Check[] {
  return [
    { id: 'builds', examine: () => builds(db) },
    { id: 'memory', examine: () => memory(db, memoryLimitMb) },
  ]
}

async function builds(db: Db): Promise<string> {
  const rows = (await living(db)).filter(({ build }) => build !== null)
  if (rows.length === 0) return 'no process at work'
  const youngest = rows.reduce((a, b) => (b.upS < a.upS ? b : a))
  const others = rows.filter(({ build }) => build !== youngest.build)
  const isDeploying = youngest.upS < deployS
  const behind = rows.filter(({ schema }) => schema !== null && schema < newestMigration())
  const names = (list: readonly Row[]) =>
    list.map(({ role, host, pid }) => `${role} on ${host} (pid ${pid})`).join(', ')
  const advice = 'Restart them, one after the other: what they have in hand is finished first.'
  if (others.length === 0 && behind.length === 0)
    return `${rows.length} processes of build ${youngest.build}, version ${youngest.version}`
  const said =
    others.length > 0
      ? `${names(others)} of another build than ${youngest.build}`
      : `${names(behind)} of a build that is older than the schema`
  if (isDeploying) return `a deploy goes on: ${said}`
  throw new Ill(said, advice)
}

async function memory(db: Db, limitMb: number): Promise<string> {
  const rows = await living(db)
  const heavy = rows.filter(({ rssBytes }) => rssBytes > limitMb * mib)
  const text = ({ role, host, pid, rssBytes }: Row) =>
    `${role} on ${host} (pid ${pid}) ${Math.round(rssBytes / mib)} MB`
  if (heavy.length > 0)
    throw new Ill(
      `above ${limitMb} MB: ${heavy.map(text).join(', ')}`,
      'ALLOW_AUTO_REBOOT=true replaces such workers; MEMORY_LIMIT_MB is the limit.',
    )
  const most = Math.max(0, ...rows.map(({ rssBytes }) => rssBytes))
  return `${Math.round(most / mib)} MB at most, of ${limitMb}`
}

async function living(db: Db): Promise<Row[]> {
  const rows = await db
    .selectFrom('workers')
    .select(['role', 'host', 'pid', 'version', 'build', 'schema', 'rss_bytes'])
    .select(sql<number>`extract(epoch from clock_timestamp() - started_at)::double precision`.as('up_s'))
    .where('stopped_at', 'is', null)
    .where('heartbeat_at', '>', sql<Date>`clock_timestamp() - interval '15 seconds'`)
    .orderBy('started_at')
    .execute()
  return rows.map(({ rss_bytes, up_s, ...row }) => ({ ...row, rssBytes: Number(rss_bytes ?? 0), upS: up_s }))
}
