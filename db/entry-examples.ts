import { sql } from 'kysely'
import type { DecisionInput } from '#src/domain/entries/decision.ts'
import type { Db } from './client.ts'

/** What a decision on an entry knew, but for the settings and the history, which are read anew where they are needed. */
export type ExampleInput = Omit<DecisionInput, 'settings' | 'history'>

/** The last look of an account at an entry. */
export interface EntryExample {
  readonly accountId: string
  /** When it was looked at, by the wall clock. */
  readonly at: Date
  readonly input: ExampleInput
}

/** How long an example that came as far as its size is kept before one that did not. */
const sizedFor = '10 minutes'

/**
 * Keeps what the account's last look at an entry knew. One that came as far as its size stays for a while, so that signals
 * which are refused before it leave something to reckon with.
 */
export async function keepEntryExample(
  db: Db,
  account: { readonly id: string; readonly userId: string },
  { input, wasSized }: { readonly input: ExampleInput; readonly wasSized: boolean },
): Promise<void> {
  const values = {
    at: sql<Date>`now()`,
    market_at: new Date(input.marketNowMs),
    was_sized: wasSized,
    input: JSON.stringify(input),
  }
  await db
    .insertInto('entry_examples')
    .values({ account_id: account.id, user_id: account.userId, ...values })
    .onConflict((conflict) =>
      conflict
        .column('account_id')
        .doUpdateSet(values)
        .where(
          sql<boolean>`excluded.was_sized or not entry_examples.was_sized or entry_examples.at < now() - ${sizedFor}::interval`,
        ),
    )
    .execute()
}

/** The example of an account, or undefined before it has looked at any entry. */
export async function findEntryExample(db: Db, accountId: string): Promise<EntryExample | undefined> {
  const row = await db
    .selectFrom('entry_examples')
    .select(['account_id', 'at', 'input'])
    .where('account_id', '=', accountId)
    .executeTakeFirst()
  return row && { accountId: row.account_id, at: row.at, input: row.input as unknown as ExampleInput }
}
