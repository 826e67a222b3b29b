import { sql } from 'kysely'
import type { Db } from './client.ts'

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

/** The keys that concern one order. */
export interface HaltKeys {
  readonly exchange: string
  readonly userId: string
  readonly accountId: string
  readonly symbol: string
}

/** The key of a symbol's halt: its pair without the settlement coin, so that one halt covers spot and futures. */
function symbolKey(symbol: string): string {
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
  const scopes: [HaltScope, string][] = [
    ['account', keys.accountId],
    ['exchange', keys.exchange],
    ['global', '*'],
    ['symbol', symbolKey(keys.symbol)],
    ['user', keys.userId],
  ]
  const rows = await db
    .selectFrom('halts')
    .select(['scope', 'key', 'mode', 'reason'])
    .where(({ eb, refTuple, tuple }) =>
      eb(
        refTuple('scope', 'key'),
        'in',
        scopes.map(([scope, key]) => tuple(scope, key)),
      ),
    )
    .orderBy('scope')
    .orderBy('key')
    .forShare()
    .execute()
  if (rows.length !== scopes.length)
    throw new Error(`an entry on ${keys.symbol} has ${rows.length} halt rows of ${scopes.length}`)
  return rows.filter((row) => row.mode !== 'none').map(toHalt)
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
