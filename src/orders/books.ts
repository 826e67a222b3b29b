import { accountOrThrow } from '#db/accounts.ts'
import type { Db } from '#db/client.ts'
import { fillsOfOrder, totalsOf } from '#db/fills.ts'
import { ledgerBalances } from '#db/ledger.ts'
import { sentOrders } from '#db/order-history.ts'
import { Decimal, type DecimalText } from '../domain/decimal.ts'
import type { Gateway } from '../exchange/gateway.ts'

/** One place where the books and the venue differ; exact decimals. */
export type Difference =
  | {
      readonly of: 'balance'
      readonly currency: string
      readonly books: DecimalText
      readonly venue: DecimalText
    }
  | {
      readonly of: 'order'
      readonly orderId: string
      readonly clientOrderId: string
      readonly what: 'quantity' | 'cost'
      readonly books: DecimalText
      readonly venue: DecimalText
    }

/** A difference as people read it. */
export function differenceText(difference: Difference): string {
  const { books, venue } = difference
  const what =
    difference.of === 'balance' ? difference.currency : `${difference.what} of order ${difference.orderId}`
  return `${what} is ${books} in the books and ${venue} at the venue`
}

/**
 * Compares an account's books with its venue: the ledger's sum per currency with the balances, and the fills of each
 * order sent in the last 24 h with the venue's executions of it. Empty when they agree to the last decimal. Asks the
 * venue once per order: for `doctor`, not for a timer.
 */
export async function compareBooks(db: Db, accountId: string, gateway: Gateway): Promise<Difference[]> {
  const account = await accountOrThrow(db, accountId)
  const venue = await gateway.account(account.id)
  const differences: Difference[] = []
  const [books, balances] = await Promise.all([ledgerBalances(db, accountId), venue.balances()])
  const held = new Map(balances.map((balance) => [balance.currency, balance.total]))
  for (const currency of new Set([...books.keys(), ...held.keys()])) {
    const pair = { books: books.get(currency) ?? '0', venue: held.get(currency) ?? '0' }
    if (differ(pair)) differences.push({ of: 'balance', currency, ...pair })
  }
  for (const order of await sentOrders(db, accountId)) {
    if (order.venueOrderId === null) continue
    const ours = totalsOf(await fillsOfOrder(db, order.id))
    // A stop that never triggered executed nothing.
    if (order.purpose === 'stop' && order.becameVenueOrderId === null) continue
    const { symbol, venueOrderId, becameVenueOrderId } = order
    const theirs = totalsOf(await venue.fillsOf({ symbol, venueOrderId, becameVenueOrderId }))
    for (const what of ['quantity', 'cost'] as const) {
      const pair = { books: ours[what], venue: theirs[what] }
      if (differ(pair))
        differences.push({
          of: 'order',
          orderId: order.id,
          clientOrderId: order.clientOrderId,
          what,
          ...pair,
        })
    }
  }
  return differences
}

function differ({ books, venue }: { books: DecimalText; venue: DecimalText }): boolean {
  return !new Decimal(books).eq(venue)
}
