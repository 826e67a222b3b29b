import type { Account } from '#db/accounts.ts'
import { insertLedger, type LedgerEntry, ledgerBalances } from '#db/ledger.ts'
import { Decimal } from '../../domain/decimal.ts'
import { tellUser } from '../alarm.ts'
import type { OrderDesk } from '../order-desk.ts'
import type { DoubtBook } from './doubt.ts'
import type { VenueReport } from './report.ts'

/** Less than this of any currency is rounding, at no venue more than the last of its eight digits. */
const tolerance = new Decimal('0.00000001')

/**
 * Books in the ledger what moved without an execution: as the venue tells it where it does, else by its sign, once the
 * same difference was seen twice. Within tolerance nothing.
 */
export async function reconcileCash(
  desk: OrderDesk,
  account: Account,
  report: VenueReport,
  openedAtMs: number,
  doubts: DoubtBook,
): Promise<void> {
  const owner = { userId: account.userId, accountId: account.id }
  const told = (report.movements ?? []).filter(({ atMs }) => atMs > openedAtMs)
  await insertLedger(
    desk.db,
    owner,
    told.map(({ id, kind, currency, amount, symbol, atMs }) => ({
      kind,
      currency,
      amount,
      symbol: symbol ?? '',
      venueTradeId: id,
      at: new Date(atMs),
    })),
  )
  const books = await ledgerBalances(desk.db, account.id)
  const venue = new Map(report.balances.map(({ currency, total }) => [currency, total]))
  const moved = new Map<string, Decimal>()
  for (const currency of new Set([...books.keys(), ...venue.keys()])) {
    const difference = new Decimal(venue.get(currency) ?? '0').minus(books.get(currency) ?? '0')
    if (difference.abs().gt(tolerance)) moved.set(currency, difference)
  }
  if (moved.size === 0) return
  const text = [...moved]
    .map(([currency, by]) => `${by} ${currency}`)
    .sort()
    .join(', ')
  if (!doubts.isConfirmed('money', text)) return
  // What went out of one coin and into another at the same time was converted.
  const isConverted = [...moved.values()].some((by) => by.gt(0)) && [...moved.values()].some((by) => by.lt(0))
  const rows = [...moved].map(
    ([currency, by]): LedgerEntry => ({
      kind: isConverted ? 'adjustment' : by.gt(0) ? 'deposit' : 'withdrawal',
      currency,
      amount: by.toString(),
      note: 'found at the venue',
    }),
  )
  await insertLedger(desk.db, owner, rows)
  await tellUser(desk, {
    event: 'money-moved',
    ...owner,
    text: `the venue holds ${text} more than was traded: it is booked`,
    details: { kinds: rows.map(({ kind }) => kind) },
  })
}
