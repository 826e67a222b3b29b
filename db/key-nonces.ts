import { sql } from 'kysely'
import type { Db } from './client.ts'

/** The right to sign with an account's key, of the whole cluster: until it is given back, nobody else has it. */
export interface SigningTurn {
  /** A number greater than every one before, of whatever process. */
  next(): number
  /** Gives the turn back. Throws nothing: a number that was not written down is overtaken by the clock. */
  end(): Promise<void>
}

const nowMicros = sql<string>`(extract(epoch from clock_timestamp()) * 1e6)::bigint`

/**
 * Waits for an account's turn to sign. It is the lock of a row, held in a transaction that is idle while the venue is
 * asked: only one that is signed after the answer before it arrives after it, too. Numbers begin at the database's clock in
 * microseconds, so that one lost with its process is overtaken. In a caller's transaction the turn ends with that.
 */
export async function takeSigningTurn(db: Db, accountId: string): Promise<SigningTurn> {
  if (db.isTransaction) return { next: await numbersFrom(db, accountId), end: async () => {} }
  const transaction = await db.startTransaction().execute()
  try {
    const next = await numbersFrom(transaction, accountId)
    return {
      next,
      async end() {
        const last = next() - 1
        await transaction
          .updateTable('key_nonces')
          .set({ last: sql<string>`greatest(last, ${last})` })
          .where('account_id', '=', accountId)
          .execute()
          .then(() => transaction.commit().execute())
          .catch(() => transaction.rollback().execute())
          .catch(() => {})
      },
    }
  } catch (error) {
    await transaction
      .rollback()
      .execute()
      .catch(() => {})
    throw error
  }
}

async function numbersFrom(db: Db, accountId: string): Promise<() => number> {
  const { last } = await db
    .insertInto('key_nonces')
    .values({ account_id: accountId, last: nowMicros })
    .onConflict((conflict) =>
      conflict
        .column('account_id')
        .doUpdateSet({ last: sql<string>`greatest(key_nonces.last + 1, ${nowMicros})` }),
    )
    .returning('last')
    .executeTakeFirstOrThrow()
  let given = Number(last) - 1
  return () => {
    given += 1
    return given
  }
}
