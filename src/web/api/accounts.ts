import { sql } from 'kysely'
import { z } from 'zod'
import type { Db } from '#db/client.ts'
import { exchanges, markets, modes } from '../../domain/market.ts'
import { openPlaces, unsupported } from '../../domain/venues.ts'
import { noSuch, Problem } from '../problem.ts'
import { decimal, idOf, instant } from './fields.ts'
import { route } from './route.ts'

const account = z
  .object({
    id: z.uuid(),
    name: z.string(),
    exchange: z.enum(exchanges),
    market: z.enum(markets),
    /** Whose money: the simulator's, the venue's sandbox, or the user's. */
    mode: z.enum(modes),
    quote: z.string(),
    status: z.enum(['active', 'paused', 'degraded', 'closed']),
    statusReason: z.string().nullable(),
    /** Whether its user paused it, and so may let it trade again. */
    isPausedByUser: z.boolean(),
    createdAt: instant,
    key: z
      .object({
        /** The end of its fingerprint, which follows from the key and tells nothing of it. */
        tail: z.string(),
        connectedAt: instant,
        /** When the venue was asked last what it may do; null while it is being asked. */
        checkedAt: instant.nullable(),
        canTrade: z.boolean().nullable(),
        canWithdraw: z.boolean().nullable(),
        isIpRestricted: z.boolean().nullable(),
      })
      .nullable(),
    /** What the books say it holds, by currency; what is nothing is left out. */
    balances: z.array(z.object({ currency: z.string(), total: decimal })),
    equity: decimal.nullable(),
    equityAt: instant.nullable(),
    openPositions: z.int(),
    /** When its books were last compared with the venue; entries wait while they must be. */
    comparedAt: instant.nullable(),
    mustCompare: z.boolean(),
    /** Since when the venue could not be asked. */
    staleSince: instant.nullable(),
  })
  .meta({ id: 'Account' })
export type AccountDetail = z.infer<typeof account>

/** How the reason of a pause begins that its user asked for. */
export const pausedByUser = 'paused by you'

/** The caller's accounts, oldest first. */
export const listAccounts = route({
  method: 'get',
  path: '/accounts',
  summary: 'The caller’s accounts: where they trade, what their keys may do, what they hold.',
  answer: z.object({ items: z.array(account) }),
  handle: async ({ db }) => ({ items: await readAccounts(db) }),
})

export const getAccount = route({
  method: 'get',
  path: '/accounts/:id',
  summary: 'One account.',
  params: idOf('account'),
  answer: account,
  handle: async ({ db, params }) => accountAnswer(db, params.id),
})

const place = z.object({
  exchange: z.enum(exchanges),
  market: z.enum(markets),
  modes: z.array(
    z.object({
      mode: z.enum(modes),
      /** Why it is not offered; null when it is. */
      obstacle: z.string().nullable(),
    }),
  ),
})
export type AccountPlace = z.infer<typeof place>

/** Where an account can be connected. */
export const listAccountPlaces = route({
  method: 'get',
  path: '/accounts/places',
  summary: 'Exchanges and markets that accounts can be connected to, and in which modes.',
  answer: z.object({ items: z.array(place) }),
  async handle() {
    const items = openPlaces().map((one) => ({
      ...one,
      modes: modes.map((mode) => ({ mode, obstacle: unsupported({ ...one, mode }) ?? null })),
    }))
    return { items }
  },
})

/** The answer for one account of the caller. Throws the problem 404 for any other. */
export async function accountAnswer(db: Db, id: string): Promise<AccountDetail> {
  const [found] = await readAccounts(db, id)
  if (!found) throw noSuch('account', id, '/accounts')
  return found
}

/** Nothing can be done with an account that its user has ended. */
export function closedAccount({ name }: { readonly name: string }): Problem {
  return new Problem(409, 'account-closed', `${name} is disconnected.`, { advice: 'Connect another one.' })
}

interface Row {
  id: string
  name: string
  exchange: AccountDetail['exchange']
  market: AccountDetail['market']
  mode: AccountDetail['mode']
  quote: string
  status: AccountDetail['status']
  status_reason: string | null
  created_at: Date
  must_reconcile: boolean
  reconciled_at: Date | null
  stale_since: Date | null
  fingerprint: string | null
  connected_at: Date | null
  checked_at: Date | null
  permissions: { canTrade?: boolean; canWithdraw?: boolean; isIpRestricted?: boolean } | null
  equity: string | null
  equity_at: Date | null
  open_positions: number
  balances: { currency: string; total: string }[] | null
}

/** The tenant's accounts, or one of them: closed ones are found by their id alone. */
async function readAccounts(db: Db, id?: string): Promise<AccountDetail[]> {
  const which = id === undefined ? sql`a.status <> 'closed'` : sql`a.id = ${id}`
  const { rows } = await sql<Row>`
    select a.id, a.name, a.exchange, a.market, a.mode, a.quote, a.status, a.status_reason, a.created_at,
      a.must_reconcile, a.reconciled_at, a.stale_since,
      k.fingerprint, k.created_at as connected_at, k.checked_at, k.permissions,
      latest.equity, latest.at as equity_at, held.balances,
      (select count(*)::int from positions p where p.account_id = a.id and p.state not in ('closed', 'void')) as open_positions
    from accounts a
    left join api_keys k on k.account_id = a.id
    left join lateral (
      select equity, at from equity_snapshots s where s.account_id = a.id order by s.at desc limit 1
    ) latest on true
    left join lateral (
      select json_agg(json_build_object('currency', currency, 'total', total::text) order by currency) as balances
      from (
        select currency, sum(amount) as total from ledger where account_id = a.id group by currency having sum(amount) <> 0
      ) sums
    ) held on true
    where ${which}
    order by a.created_at, a.id`.execute(db)
  return rows.map(toAccount)
}

function toAccount(row: Row): AccountDetail {
  return {
    id: row.id,
    name: row.name,
    exchange: row.exchange,
    market: row.market,
    mode: row.mode,
    quote: row.quote,
    status: row.status,
    statusReason: row.status_reason,
    isPausedByUser: row.status === 'paused' && (row.status_reason ?? '').startsWith(pausedByUser),
    createdAt: row.created_at.toISOString(),
    key: keyOf(row),
    balances: row.balances ?? [],
    equity: row.equity,
    equityAt: row.equity_at?.toISOString() ?? null,
    openPositions: row.open_positions,
    comparedAt: row.reconciled_at?.toISOString() ?? null,
    mustCompare: row.must_reconcile,
    staleSince: row.stale_since?.toISOString() ?? null,
  }
}

function keyOf({ fingerprint, connected_at, checked_at, permissions }: Row): AccountDetail['key'] {
  if (fingerprint === null || connected_at === null) return null
  return {
    tail: fingerprint.slice(-6),
    connectedAt: connected_at.toISOString(),
    checkedAt: checked_at?.toISOString() ?? null,
    canTrade: permissions?.canTrade ?? null,
    canWithdraw: permissions?.canWithdraw ?? null,
    isIpRestricted: permissions?.isIpRestricted ?? null,
  }
}
