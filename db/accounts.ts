import { sql } from 'kysely'
import type { Exchange, Market, Mode } from '#src/domain/market.ts'
import { proPresets } from '#src/domain/presets.ts'
import type { Profile } from '#src/domain/settings.ts'
import type { Db } from './client.ts'

/** What an account may do: `active` trades; `paused` and `degraded` take no entries; `closed` does nothing. */
export type AccountStatus = 'active' | 'paused' | 'degraded' | 'closed'

/** One user's connection to one exchange. */
export interface Account {
  readonly id: string
  readonly userId: string
  readonly name: string
  readonly exchange: Exchange
  readonly market: Market
  readonly mode: Mode
  readonly quote: string
  readonly status: AccountStatus
  readonly statusReason: string | null
}

/** Connects an account. A name that the user has already throws a unique violation. */
export async function createAccount(
  db: Db,
  account: Omit<Account, 'id' | 'status' | 'statusReason'> & { readonly id?: string },
): Promise<Account> {
  const row = await db
    .insertInto('accounts')
    .values({
      ...(account.id !== undefined && { id: account.id }),
      user_id: account.userId,
      name: account.name,
      exchange: account.exchange,
      market: account.market,
      mode: account.mode,
      quote: account.quote,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
  return toAccount(row)
}

/** An account, or undefined. */
export async function findAccount(db: Db, accountId: string): Promise<Account | undefined> {
  const row = await db.selectFrom('accounts').selectAll().where('id', '=', accountId).executeTakeFirst()
  return row && toAccount(row)
}

/** An account that must exist. */
export async function accountOrThrow(db: Db, accountId: string): Promise<Account> {
  const account = await findAccount(db, accountId)
  if (!account) throw new Error(`there is no account ${accountId}`)
  return account
}

/** Every account that is not closed, oldest first: what a worker snapshots and reconciles. */
export async function openAccounts(db: Db): Promise<Account[]> {
  const rows = await db
    .selectFrom('accounts')
    .selectAll()
    .where('status', '<>', 'closed')
    .orderBy('created_at')
    .execute()
  return rows.map(toAccount)
}

/** The accounts of one user that are not closed, oldest first. */
export async function accountsOf(db: Db, userId: string): Promise<Account[]> {
  const rows = await db
    .selectFrom('accounts')
    .selectAll()
    .where('user_id', '=', userId)
    .where('status', '<>', 'closed')
    .orderBy('created_at')
    .execute()
  return rows.map(toAccount)
}

/**
 * Locks the account's row until the transaction ends and returns it: limits are read and reserved under this lock, so
 * that parallel workers cannot break one together.
 */
export async function lockAccount(db: Db, accountId: string): Promise<Account> {
  const row = await db
    .selectFrom('accounts')
    .selectAll()
    .where('id', '=', accountId)
    .forNoKeyUpdate()
    .executeTakeFirst()
  if (!row) throw new Error(`there is no account ${accountId}`)
  return toAccount(row)
}

/** What an account may do, share-locked until the transaction ends: a change waits for the claims that have read it. */
export async function lockStatus(
  db: Db,
  accountId: string,
): Promise<Pick<Account, 'status' | 'statusReason'>> {
  const row = await db
    .selectFrom('accounts')
    .select(['status', 'status_reason'])
    .where('id', '=', accountId)
    .forShare()
    .executeTakeFirstOrThrow()
  return { status: row.status as AccountStatus, statusReason: row.status_reason }
}

/** Sets what the account may do, and why. */
export async function setAccountStatus(
  db: Db,
  accountId: string,
  status: AccountStatus,
  reason: string | null,
): Promise<void> {
  await db
    .updateTable('accounts')
    .set({ status, status_reason: reason })
    .where('id', '=', accountId)
    .execute()
}

/** Pauses an account that trades, and says why; returns whether it changed anything. */
export async function pauseAccount(db: Db, accountId: string, reason: string): Promise<boolean> {
  const rows = await db
    .updateTable('accounts')
    .set({ status: 'paused', status_reason: reason })
    .where('id', '=', accountId)
    .where('status', 'in', ['active', 'degraded'])
    .returning('id')
    .execute()
  return rows.length > 0
}

/** Lets an account trade again that was paused for a reason that begins like one of these; nobody else's pause is ended. */
export async function resumeAccount(db: Db, accountId: string, reasons: readonly string[]): Promise<void> {
  await db
    .updateTable('accounts')
    .set({ status: 'active', status_reason: null })
    .where('id', '=', accountId)
    .where('status', '=', 'paused')
    .where((or) => or.or(reasons.map((reason) => or('status_reason', 'like', `${reason}%`))))
    .execute()
}

/** Calls an account by another name; false when the user has another account of that name. */
export async function renameAccount(db: Db, account: Account, name: string): Promise<boolean> {
  const row = await db
    .updateTable('accounts')
    .set({ name })
    .where('id', '=', account.id)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('accounts as other')
            .select('other.id')
            .where('other.user_id', '=', account.userId)
            .where('other.name', '=', name)
            .where('other.id', '<>', account.id),
        ),
      ),
    )
    .returning('id')
    .executeTakeFirst()
  return row !== undefined
}

/**
 * Closes an account for good and forgets its key, when nothing of it is open any more: no position lives and no order is on
 * its way. Its name is free again. Returns what is still open, and then nothing has changed.
 */
export async function closeAccount(
  tx: Db,
  account: Account,
  reason: string,
): Promise<{ readonly positions: number; readonly orders: number } | undefined> {
  await tx.selectFrom('accounts').select('id').where('id', '=', account.id).forUpdate().execute()
  const open = await tx
    .selectNoFrom(({ selectFrom }) => [
      selectFrom('positions')
        .select(({ fn }) => fn.countAll<string>().as('count'))
        .where('account_id', '=', account.id)
        .where('state', 'not in', ['closed', 'void'])
        .as('positions'),
      selectFrom('orders')
        .select(({ fn }) => fn.countAll<string>().as('count'))
        .where('account_id', '=', account.id)
        .where('state', 'in', ['planned', 'submitting', 'open', 'partially_filled', 'canceling', 'unknown'])
        .as('orders'),
    ])
    .executeTakeFirstOrThrow()
  const [positions, orders] = [Number(open.positions), Number(open.orders)]
  if (positions + orders > 0) return { positions, orders }
  await tx
    .updateTable('accounts')
    .set({
      status: 'closed',
      status_reason: reason,
      name: `${account.name} (closed ${account.id.slice(0, 8)})`,
    })
    .where('id', '=', account.id)
    .execute()
  await tx.deleteFrom('api_keys').where('account_id', '=', account.id).execute()
  return undefined
}

/** Takes entries away from an active account until somebody looks; returns whether it changed anything. */
export async function degradeAccount(db: Db, accountId: string, reason: string): Promise<boolean> {
  const rows = await db
    .updateTable('accounts')
    .set({ status: 'degraded', status_reason: reason })
    .where('id', '=', accountId)
    .where('status', '=', 'active')
    .returning('id')
    .execute()
  return rows.length > 0
}

/**
 * Gives a degraded account its entries back when no order of it is unknown or silent for too long any more; returns whether it
 * changed anything. What a person paused stays paused.
 */
export async function recoverAccount(db: Db, accountId: string): Promise<boolean> {
  const rows = await db
    .updateTable('accounts')
    .set({ status: 'active', status_reason: null })
    .where('id', '=', accountId)
    .where('status', '=', 'degraded')
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('orders')
            .select('orders.id')
            .where('orders.account_id', '=', accountId)
            .where((or) =>
              or.or([
                or.and([
                  or('orders.state', '=', 'unknown'),
                  or('orders.failure_code', '=', 'unknown-too-long'),
                ]),
                or.and([
                  or('orders.silent_since', 'is not', null),
                  or('orders.failure_code', '=', 'silent-too-long'),
                  or('orders.state', 'in', ['open', 'partially_filled', 'canceling']),
                ]),
              ]),
            ),
        ),
      ),
    )
    .returning('id')
    .execute()
  return rows.length > 0
}

interface AccountRow {
  id: string
  user_id: string
  name: string
  exchange: string
  market: string
  mode: string
  quote: string
  status: string
  status_reason: string | null
}

function toAccount(row: AccountRow): Account {
  return {
    id: row.id,
    userId: row.user_id,
    name: row.name,
    exchange: row.exchange as Exchange,
    market: row.market as Market,
    mode: row.mode as Mode,
    quote: row.quote,
    status: row.status as AccountStatus,
    statusReason: row.status_reason,
  }
}

/**
 * Users with an account that takes entries, and the profile by which they are cycled: the faster one where an account of
 * theirs trades by it, by the account's own settings, the user's, or the account's preset, in that order.
 */
export async function tradingUsers(db: Db): Promise<{ userId: string; profile: Profile }[]> {
  const rows = await db
    .selectFrom('accounts as account')
    .leftJoin('trading_settings as own', 'own.account_id', 'account.id')
    .leftJoin('trading_settings as common', (join) =>
      join.onRef('common.user_id', '=', 'account.user_id').on('common.account_id', 'is', null),
    )
    .select([
      'account.user_id',
      sql<boolean>`bool_or(coalesce(own.settings ->> 'profile', common.settings ->> 'profile',
        case when coalesce(own.settings ->> 'preset', common.settings ->> 'preset') = any (${[...proPresets]}::text[])
          then 'pro' end, 'ase') = 'pro')`.as('is_pro'),
    ])
    .where('account.status', '=', 'active')
    .groupBy('account.user_id')
    .orderBy('account.user_id')
    .execute()
  return rows.map((row) => ({ userId: row.user_id, profile: row.is_pro ? 'pro' : 'ase' }))
}
