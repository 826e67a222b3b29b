import { sql } from 'kysely'
import type { Db } from './client.ts'

/**
 * The advisory lock that claims share while they read halts and that whoever changes one takes alone (a trigger does so for
 * every update): its queue keeps claims from passing a halt that waits. It says HALT.
 */
const turnOnHalts = 0x48414c54

/** Waits until the claims before it are over and lets no other start until the transaction ends. */
export async function takeTurnOnHalts(tx: Db): Promise<void> {
  await sql`select pg_advisory_xact_lock(${turnOnHalts})`.execute(tx)
}

/** What a halt covers. */
export type HaltScope = 'global' | 'exchange' | 'user' | 'account' | 'symbol'
/** `no_entries` lets exits, stops and cancels go on; `flatten` also closes what is open. */
export type HaltMode = 'none' | 'no_entries' | 'flatten'

/** A halt row: every scope has one always, with mode `none`, so that setting one waits for the claims that read it. */
export interface Halt {
  readonly scope: HaltScope
  readonly key: string
  readonly mode: HaltMode
  readonly reason: string | null
}

/** Every scope, the widest first. */
export const haltScopes: readonly HaltScope[] = ['global', 'exchange', 'user', 'account', 'symbol']

/** A scope and which of its kind: '*' for global, an exchange, the id of a user or an account, a pair. */
export type HaltPlace = Pick<Halt, 'scope' | 'key'>

/** The keys that concern one order. */
export interface HaltKeys {
  readonly exchange: string
  readonly userId: string
  readonly accountId: string
  readonly symbol: string
}

/** The key of a symbol's halt: its pair without the settlement coin, so that one halt covers spot and futures. */
export function symbolKey(symbol: string): string {
  return symbol.split(':', 1)[0] ?? symbol
}

/** Makes sure that a symbol has its row; called before the transaction that reads it. */
export async function ensureSymbolHalt(db: Db, symbol: string): Promise<void> {
  const known = await db
    .selectFrom('halts')
    .select('key')
    .where('scope', '=', 'symbol')
    .where('key', '=', symbolKey(symbol))
    .executeTakeFirst()
  if (known) return
  await db
    .insertInto('halts')
    .values({ scope: 'symbol', key: symbolKey(symbol) })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/**
 * The halts that stand in an entry's way. The rows of all its scopes stay share-locked until the transaction ends: a
 * halt that is being set waits for it, and once set, no claim gets through. A scope without a row throws.
 */
export async function lockHaltsOf(db: Db, keys: HaltKeys): Promise<Halt[]> {
  const places = placesOf(keys)
  await sql`select pg_advisory_xact_lock_shared(${turnOnHalts})`.execute(db)
  const rows = await db
    .selectFrom('halts')
    .select(['scope', 'key', 'mode', 'reason'])
    .where(({ eb, refTuple, tuple }) =>
      eb(
        refTuple('scope', 'key'),
        'in',
        places.map(({ scope, key }) => tuple(scope as string, key)),
      ),
    )
    .orderBy('scope')
    .orderBy('key')
    .forShare()
    .execute()
  if (rows.length !== places.length)
    throw new Error(`an entry on ${keys.symbol} has ${rows.length} halt rows of ${places.length}`)
  return rows.filter((row) => row.mode !== 'none').map(toHalt)
}

/** The five places that concern an order. */
export function placesOf(keys: HaltKeys): HaltPlace[] {
  return [
    { scope: 'account', key: keys.accountId },
    { scope: 'exchange', key: keys.exchange },
    { scope: 'global', key: '*' },
    { scope: 'symbol', key: symbolKey(keys.symbol) },
    { scope: 'user', key: keys.userId },
  ]
}

/** Makes sure that somebody without an account yet has their row: the account that they connect is born halted. */
export async function ensureUserHalt(db: Db, userId: string): Promise<void> {
  await db
    .insertInto('halts')
    .values({ scope: 'user', key: userId, user_id: userId })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** The exchanges that have a halt of their own. */
export async function haltableExchanges(db: Db): Promise<string[]> {
  const rows = await db
    .selectFrom('halts')
    .select('key')
    .where('scope', '=', 'exchange')
    .orderBy('key')
    .execute()
  return rows.map(({ key }) => key)
}

/** Sets a halt, or lifts it with mode `none`; returns false when the scope has no such row. */
export async function setHalt(
  db: Db,
  halt: Omit<Halt, 'reason'> & { readonly reason: string | null; readonly setBy: string },
): Promise<boolean> {
  if (halt.scope === 'symbol') await ensureSymbolHalt(db, halt.key)
  const rows = await db
    .updateTable('halts')
    .set({ mode: halt.mode, reason: halt.reason, set_by: halt.setBy, set_at: sql<Date>`now()` })
    .where('scope', '=', halt.scope)
    .where('key', '=', halt.scope === 'symbol' ? symbolKey(halt.key) : halt.key)
    .returning('key')
    .execute()
  return rows.length > 0
}

/** Sets `no_entries` where no halt is in force; false when one is, or there is no such place. */
export async function setHaltUnlessSet(
  db: Db,
  halt: HaltPlace & { readonly reason: string; readonly setBy: string },
): Promise<boolean> {
  const rows = await db
    .updateTable('halts')
    .set({ mode: 'no_entries', reason: halt.reason, set_by: halt.setBy, set_at: sql<Date>`now()` })
    .where('scope', '=', halt.scope)
    .where('key', '=', halt.key)
    .where('mode', '=', 'none')
    .returning('key')
    .execute()
  return rows.length > 0
}

/** Every halt that is set. */
export async function haltsInForce(db: Db): Promise<Halt[]> {
  const rows = await db
    .selectFrom('halts')
    .select(['scope', 'key', 'mode', 'reason'])
    .where('mode', '<>', 'none')
    .orderBy('set_at')
    .execute()
  return rows.map(toHalt)
}

function toHalt(row: { scope: string; key: string; mode: string; reason: string | null }): Halt {
  return { scope: row.scope as HaltScope, key: row.key, mode: row.mode as HaltMode, reason: row.reason }
}
