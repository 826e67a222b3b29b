import type { Account } from '#db/accounts.ts'
import type { Db } from '#db/client.ts'
import { hasOpening, insertLedger } from '#db/ledger.ts'
import { Decimal } from '../domain/decimal.ts'
import type { VenueBalance } from '../exchange/venue-order.ts'

/**
 * Opens an account's books with what it holds at the venue when it is connected: one row per currency, from which the
 * ledger goes on. A second call changes nothing; an account that holds nothing gets a row of zero in its quote.
 */
export async function openBooks(
  db: Db,
  account: Pick<Account, 'id' | 'userId' | 'quote'>,
  balances: readonly VenueBalance[],
): Promise<void> {
  const held = balances.filter((balance) => !new Decimal(balance.total).isZero())
  if (!held.some((balance) => balance.currency === account.quote))
    held.push({ currency: account.quote, free: '0', total: '0' })
  if (await hasOpening(db, account.id)) return
  await insertLedger(
    db,
    { userId: account.userId, accountId: account.id },
    held.map(({ currency, total }) => ({ kind: 'opening', currency, amount: total })),
  )
}
