import { sql } from 'kysely'
import type { Db } from './client.ts'

/**
 * Whoever works under a lock may ask others for so long; then the lock is taken from them. Beyond it a process is frozen,
 * or its machine is gone.
 */
const holdsForMs = 60_000

/**
 * Takes the lock of one cluster-wide piece of work, `of` a kind, until the transaction ends; false when somebody else has it.
 * Work that waits longer for others than usual says for how long the lock is its own.
 */
export async function takeTurn(
  tx: Db,
  lock: number,
  of: string | number = '',
  forMs: number = holdsForMs,
): Promise<boolean> {
  const { rows } = await sql<{ mine: boolean }>`
    select set_config('idle_in_transaction_session_timeout', ${String(forMs)}, true),
      pg_try_advisory_xact_lock(${lock}::int, hashtext(${String(of)})) as mine`.execute(tx)
  return rows[0]?.mine === true
}

/** Lets a transaction wait for a venue: it holds nothing that others wait for. */
export async function letWait(tx: Db): Promise<void> {
  await sql`select set_config('idle_in_transaction_session_timeout', ${String(holdsForMs)}, true)`.execute(tx)
}
