import { sql } from 'kysely'
import { z } from 'zod'
import { accountsOf } from '#db/accounts.ts'
import type { Db } from '#db/client.ts'
import { describedStrategies } from '#db/strategies.ts'
import { findSettings } from '#db/trading-settings.ts'
import { distrust } from '../../domain/entries/trusted-source.ts'
import { defaultTrustedSources, sourceKind, webhookSource } from '../../domain/signal.ts'
import { resolveSettings } from '../../domain/trading-settings.ts'
import { instant } from './fields.ts'
import { marketNow } from './market-time.ts'
import { route } from './route.ts'

const source = z
  .object({
    /** The name by which settings choose it. */
    source: z.string(),
    kind: z.enum(['built-in', 'webhook', 'strategy']),
    /** When it last said anything that the caller can see; market time. */
    lastSaidAt: instant.nullable(),
    /** Its signals that live now, HOLD left out. */
    live: z.int(),
    /** Why it could not be asked when it was last, and since when it is not; null while it answers. */
    trouble: z.object({ reason: z.string(), since: instant }).nullable(),
    /** What a strategy of the operator says of itself; null for other sources. */
    strategy: z
      .object({
        timeframe: z.string(),
        parameters: z.array(
          z.object({
            name: z.string(),
            value: z.union([z.number(), z.string(), z.boolean()]),
            about: z.string(),
          }),
        ),
      })
      .nullable(),
    /** The caller's accounts that act on it, of all that are open. */
    accounts: z.int(),
    ofAccounts: z.int(),
  })
  .meta({ id: 'Source' })
export type SourceState = z.infer<typeof source>

/** Who speaks, and whether the caller's accounts listen. */
export const listSources = route({
  method: 'get',
  path: '/sources',
  summary: 'Sources of signals: whether each speaks, what is wrong with it, and how many accounts act on it.',
  answer: z.object({ items: z.array(source) }),
  async handle({ db, user, market }) {
    const now = (await marketNow(db, market)) ?? new Date()
    const chosen = await chosenBy(db, user.id)
    const said = await readSaid(db, now)
    const strategies = await describedStrategies(db)
    const names = new Set([
      ...defaultTrustedSources,
      ...said.map((one) => one.source),
      ...strategies.map((one) => one.source),
      ...chosen.flat().filter((name) => name !== webhookSource),
    ])
    const items = [...names].sort().map((name): SourceState => {
      const one = said.find((each) => each.source === name)
      const described = strategies.find((each) => each.source === name)
      const own = { source: name, userId: one?.is_own ? user.id : null }
      return {
        source: name,
        kind: kindOf(name),
        lastSaidAt: one?.last_said_at?.toISOString() ?? null,
        live: one?.live ?? 0,
        trouble: one?.reason && one.since ? { reason: one.reason, since: one.since.toISOString() } : null,
        strategy: described
          ? { timeframe: described.timeframe, parameters: [...described.parameters] }
          : null,
        accounts: chosen.filter((user) => distrust(own, { operator: [name], user }) === undefined).length,
        ofAccounts: chosen.length,
      }
    })
    return { items }
  },
})

function kindOf(name: string): SourceState['kind'] {
  const kind = sourceKind(name)
  return kind === 'webhook' || kind === 'strategy' ? kind : 'built-in'
}

/** What each of the user's accounts listens to. */
async function chosenBy(db: Db, userId: string): Promise<(readonly string[])[]> {
  const chosen: (readonly string[])[] = []
  for (const { id, market } of await accountsOf(db, userId))
    chosen.push(resolveSettings({ ...(await findSettings(db, userId, id)), market }).sources)
  return chosen
}

interface Said {
  source: string
  is_own: boolean
  last_said_at: Date | null
  live: number
  reason: string | null
  since: Date | null
}

/** What each source said of late, with what is wrong with it. */
async function readSaid(db: Db, now: Date): Promise<Said[]> {
  const { rows } = await sql<Said>`
    with said as (
      select source, bool_or(user_id is not null) as is_own, max(renewed_at) as last_said_at,
        count(*) filter (where ended_at is null and action <> 'HOLD' and expires_at > ${now})::int as live
      from trading_signals where renewed_at > ${now}::timestamptz - interval '7 days' group by source
    )
    select coalesce(said.source, health.source) as source, coalesce(said.is_own, false) as is_own, said.last_said_at,
      coalesce(said.live, 0) as live, health.reason, health.updated_at as since
    from said full join (select * from source_health where failures > 0) health on health.source = said.source`.execute(
    db,
  )
  return rows
}
