import { sql } from 'kysely'
import { z } from 'zod'
import type { Db } from '#db/client.ts'
import { latestBatch, progressOf } from '#db/close-batches.ts'
import { type Halt, haltsInForce } from '#db/halts.ts'
import { sum } from '../../domain/decimal.ts'
import { decimal, instant, noBody, nothing } from './fields.ts'
import { marketNow } from './market-time.ts'
import { openRiskOf } from './open-risk.ts'
import { openPositions, type Position } from './positions.ts'
import { route } from './route.ts'

const accountOverview = z.object({
  id: z.uuid(),
  name: z.string(),
  exchange: z.string(),
  market: z.string(),
  mode: z.enum(['paper', 'testnet', 'live']),
  quote: z.string(),
  status: z.enum(['active', 'paused', 'degraded', 'closed']),
  statusReason: z.string().nullable(),
  /** As of `equityAt` (wall time), which the minutely snapshot sets; null before the first. */
  equity: decimal.nullable(),
  equityAt: instant.nullable(),
  /** The same instant in market time, for the end of the equity curve. */
  equityMarketAt: instant.nullable(),
  freeQuote: decimal.nullable(),
  exposure: decimal.nullable(),
  /** Change of equity since the market's day (UTC) began, or since the account's first snapshot. */
  todayPnl: decimal.nullable(),
  todayRatio: z.number().nullable(),
  /** Sum over open positions that have a price. */
  openPnl: decimal,
  /** What equity loses when every open position falls to its stop; fees and slippage come on top. */
  openRisk: decimal,
  /** Open positions that have no stop at all, whose risk is not in `openRisk`. */
  withoutStop: z.int(),
  openPositions: z.int(),
  unprotectedPositions: z.int(),
  /** Trades closed in the last 30 days of market time. */
  trades30d: z.int(),
  wins30d: z.int(),
  pnl30d: decimal,
})
export type AccountOverview = z.infer<typeof accountOverview>

const overview = z.object({
  accounts: z.array(accountOverview),
  /** The user's own halt: `no_entries` lets exits, stops and cancels go on. Null without an account. */
  halt: z
    .object({
      mode: z.enum(['none', 'no_entries', 'flatten']),
      reason: z.string().nullable(),
      setAt: instant,
    })
    .nullable(),
  /** Halts in force that concern the user and that somebody else, or the program itself, has set. */
  otherHalts: z.array(
    z.object({
      scope: z.enum(['global', 'exchange', 'account', 'symbol']),
      key: z.string(),
      mode: z.enum(['no_entries', 'flatten']),
      reason: z.string().nullable(),
    }),
  ),
  /** The close-all of everything the user owns, while it is not over. */
  closing: z
    .object({
      openedAt: instant,
      positions: z.int(),
      /** Of these, the ones that are over. */
      closed: z.int(),
      /** Why it is not over yet, in words. */
      waitsFor: z.string().nullable(),
    })
    .nullable(),
  market: z.object({
    now: instant.nullable(),
    kind: z.enum(['synthetic', 'replay', 'live']),
    speed: z.number(),
  }),
})
export type Overview = z.infer<typeof overview>

/** The first page's numbers, per account. */
export const getOverview = route({
  method: 'get',
  path: '/overview',
  summary: 'Accounts with equity, today’s P&L, open positions and the last 30 days.',
  query: nothing,
  body: noBody,
  answer: overview,
  async handle({ db, user, market }): Promise<Overview> {
    const now = await marketNow(db, market)
    const positions = await openPositions(db)
    const accounts = await readAccounts(db, now ?? new Date())
    return {
      accounts: accounts.map((row) =>
        toAccount(
          row,
          positions.filter((position) => position.accountId === row.id),
        ),
      ),
      halt: await readHalt(db, user.id),
      otherHalts: (await haltsInForce(db)).filter(isOther),
      closing: await readClosing(db, user.id),
      market: { now: now?.toISOString() ?? null, ...market },
    }
  },
})

interface Row {
  id: string
  name: string
  exchange: string
  market: string
  mode: AccountOverview['mode']
  quote: string
  status: AccountOverview['status']
  status_reason: string | null
  equity: string | null
  at: Date | null
  market_at: Date | null
  free_quote: string | null
  exposure: string | null
  today_pnl: string | null
  today_ratio: number | null
  trades_30d: number
  wins_30d: number
  pnl_30d: string
}

async function readAccounts(db: Db, now: Date): Promise<Row[]> {
  const { rows } = await sql<Row>`
    select a.id, a.name, a.exchange, a.market, a.mode, a.quote, a.status, a.status_reason,
      latest.equity, latest.at, latest.market_at, latest.free_quote, latest.exposure,
      latest.equity - start.equity as today_pnl,
      (latest.equity / nullif(start.equity, 0) - 1)::double precision as today_ratio,
      t.trades_30d, t.wins_30d, t.pnl_30d
    from accounts a
    left join lateral (
      select * from equity_snapshots s where s.account_id = a.id order by s.at desc limit 1
    ) latest on true
    left join lateral (
      select coalesce(
        (select s.equity from equity_snapshots s
          where s.account_id = a.id and s.market_at < date_trunc('day', ${now}::timestamptz, 'utc') order by s.at desc limit 1),
        (select s.equity from equity_snapshots s where s.account_id = a.id order by s.at limit 1)
      ) as equity
    ) start on true
    cross join lateral (
      select count(*)::int as trades_30d, count(*) filter (where pnl > 0)::int as wins_30d, coalesce(sum(pnl), 0) as pnl_30d
      from trades where account_id = a.id and closed_at > ${now}::timestamptz - interval '30 days'
    ) t
    where a.status <> 'closed'
    order by a.created_at, a.id`.execute(db)
  return rows
}

/** Whether a halt in force is another than the user's own. */
function isOther(halt: Halt): halt is Overview['otherHalts'][number] {
  return halt.scope !== 'user' && halt.mode !== 'none'
}

async function readHalt(db: Db, userId: string): Promise<Overview['halt']> {
  const row = await db
    .selectFrom('halts')
    .select(['mode', 'reason', 'set_at'])
    .where('scope', '=', 'user')
    .where('key', '=', userId)
    .executeTakeFirst()
  if (!row) return null
  return {
    mode: row.mode as 'none' | 'no_entries' | 'flatten',
    reason: row.reason,
    setAt: row.set_at.toISOString(),
  }
}

async function readClosing(db: Db, userId: string): Promise<Overview['closing']> {
  const batch = await latestBatch(db, { scope: 'user', key: userId })
  if (!batch || batch.endedAt) return null
  const { openedAt, waitsFor } = batch
  return { openedAt: openedAt.toISOString(), waitsFor, ...(await progressOf(db, batch)) }
}

function toAccount(row: Row, positions: readonly Position[]): AccountOverview {
  return {
    id: row.id,
    name: row.name,
    exchange: row.exchange,
    market: row.market,
    mode: row.mode,
    quote: row.quote,
    status: row.status,
    statusReason: row.status_reason,
    equity: row.equity,
    equityAt: row.at?.toISOString() ?? null,
    equityMarketAt: row.market_at?.toISOString() ?? null,
    freeQuote: row.free_quote,
    exposure: row.exposure,
    todayPnl: row.today_pnl,
    todayRatio: row.today_ratio,
    openPnl: sum(positions.map((position) => position.openPnl ?? '0')),
    ...openRiskOf(positions),
    openPositions: positions.length,
    unprotectedPositions: positions.filter(({ protection }) => protection === 'unprotected').length,
    trades30d: row.trades_30d,
    wins30d: row.wins_30d,
    pnl30d: row.pnl_30d,
  }
}
