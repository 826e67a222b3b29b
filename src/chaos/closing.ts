import { orderCloseAll } from '#db/halt-orders.ts'
import type { PeopleParts } from './people.ts'
import { oneOf } from './random.ts'

/** Asks from several places at once for everything of an account to be closed: one batch does it. */
export async function closeAll({ db, accounts, next, tally }: PeopleParts): Promise<void> {
  const { id: key } = oneOf(next, accounts)
  const press = (by: string) =>
    db
      .transaction()
      .execute((tx) => orderCloseAll(tx, { scope: 'account', key, reason: 'chaos', by: `a person, ${by}` }))
  await Promise.all([press('dashboard'), press('command line'), press('telephone')])
  tally.add('people', 'close-all')
}
