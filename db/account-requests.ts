import { type Selectable, sql } from 'kysely'
import type { Exchange, Market, Mode } from '#src/domain/market.ts'
import type { Db } from './client.ts'
import type { AccountRequests } from './database.ts'

/** What is asked for: an account to be connected, or another key for one. */
export type RequestKind = 'connect' | 'replace-key'
/** `waiting` until a worker has asked the venue, which then is `done` or `refused`. */
export type RequestState = 'waiting' | 'done' | 'refused'

/** Something that the web has taken down and a worker does, because it needs the venue's word. */
export interface AccountRequest {
  readonly id: string
  readonly userId: string
  /** The account's; with `connect` there is none yet. */
  readonly accountId: string
  readonly kind: RequestKind
  /** What the account is to be called; null with `replace-key`. */
  readonly name: string | null
  readonly exchange: Exchange
  readonly market: Market
  readonly mode: Mode
  readonly quote: string
  /** With what a paper account begins, in quote; null otherwise. */
  readonly balance: string | null
  readonly state: RequestState
  /** Why it was refused, in words for its user. */
  readonly reason: string | null
  readonly createdAt: Date
}

/** A key as the web sealed it for the account; a paper account gets one from the simulator instead. */
export interface RequestedKey {
  readonly fingerprints: readonly [current: string, ...previous: string[]]
  readonly sealed: object
}

type NewRequest = Omit<AccountRequest, 'id' | 'state' | 'reason' | 'createdAt'> & {
  readonly key?: RequestedKey
  /** Who asks, for the audit log. */
  readonly askedBy: string
}

/** Columns that the web may read: all but the key. */
const columns = [
  'id',
  'user_id',
  'account_id',
  'kind',
  'name',
  'exchange',
  'market',
  'mode',
  'quote',
  'balance',
  'state',
  'reason',
  'created_at',
] as const

/** Takes down a request; undefined while another one of the same account waits. */
export async function addAccountRequest(db: Db, request: NewRequest): Promise<AccountRequest | undefined> {
  const row = await db
    .insertInto('account_requests')
    .values({
      user_id: request.userId,
      account_id: request.accountId,
      kind: request.kind,
      name: request.name,
      exchange: request.exchange,
      market: request.market,
      mode: request.mode,
      quote: request.quote,
      balance: request.balance,
      asked_by: request.askedBy,
      ...(request.key && {
        fingerprints: [...request.key.fingerprints],
        sealed: JSON.stringify(request.key.sealed),
      }),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning(columns)
    .executeTakeFirst()
  return row && toRequest(row)
}

/** A request, or undefined. */
export async function findAccountRequest(db: Db, requestId: string): Promise<AccountRequest | undefined> {
  const row = await db
    .selectFrom('account_requests')
    .select(columns)
    .where('id', '=', requestId)
    .executeTakeFirst()
  return row && toRequest(row)
}

/** Requests of a user that are not done and not older than an hour, the latest first. */
export async function openAccountRequests(db: Db, userId: string): Promise<AccountRequest[]> {
  const rows = await db
    .selectFrom('account_requests')
    .select(columns)
    .where('user_id', '=', userId)
    .where('state', '<>', 'done')
    .where('created_at', '>', sql<Date>`now() - interval '1 hour'`)
    .orderBy('created_at', 'desc')
    .execute()
  return rows.map(toRequest)
}

/**
 * Takes a waiting request with its key, and holds it until the transaction ends; undefined when it has ended or another
 * worker has it. Workers only.
 */
export async function takeAccountRequest(
  tx: Db,
  requestId: string,
): Promise<(AccountRequest & { readonly key?: RequestedKey; readonly askedBy: string }) | undefined> {
  const row = await tx
    .selectFrom('account_requests')
    .selectAll()
    .where('id', '=', requestId)
    .where('state', '=', 'waiting')
    .forUpdate()
    .skipLocked()
    .executeTakeFirst()
  if (!row) return undefined
  const [current, ...previous] = row.fingerprints
  const key =
    row.sealed !== null && current !== undefined
      ? { fingerprints: [current, ...previous] as const, sealed: row.sealed as object }
      : undefined
  return { ...toRequest(row), askedBy: row.asked_by, ...(key && { key }) }
}

/** Ends a request; its sealed key goes with that. Workers only. */
export async function endAccountRequest(
  db: Db,
  requestId: string,
  end: { readonly state: 'done' } | { readonly state: 'refused'; readonly reason: string },
): Promise<void> {
  await db
    .updateTable('account_requests')
    .set({
      state: end.state,
      reason: end.state === 'refused' ? end.reason : null,
      sealed: null,
      ended_at: sql<Date>`now()`,
    })
    .where('id', '=', requestId)
    .where('state', '=', 'waiting')
    .execute()
}

/** Requests that have waited for longer than `sinceMs`: the queue has lost them. Workers only. */
export async function forgottenRequests(db: Db, sinceMs: number): Promise<string[]> {
  const rows = await db
    .selectFrom('account_requests')
    .select('id')
    .where('state', '=', 'waiting')
    .where('created_at', '<', sql<Date>`now() - make_interval(secs => ${sinceMs / 1_000})`)
    .orderBy('created_at')
    .limit(100)
    .execute()
  return rows.map(({ id }) => id)
}

function toRequest(row: Pick<Selectable<AccountRequests>, (typeof columns)[number]>): AccountRequest {
  return {
    id: row.id,
    userId: row.user_id,
    accountId: row.account_id,
    kind: row.kind as RequestKind,
    name: row.name,
    exchange: row.exchange as Exchange,
    market: row.market as Market,
    mode: row.mode as Mode,
    quote: row.quote,
    balance: row.balance,
    state: row.state as RequestState,
    reason: row.reason,
    createdAt: row.created_at,
  }
}
