import type { DecimalText } from '#src/domain/decimal.ts'
import type { Db } from './client.ts'

/** Why a currency moved. `excess` is what a fill moved beyond its position. */
export type LedgerKind =
  | 'opening'
  | 'fill'
  | 'fee'
  | 'realized_pnl'
  | 'funding'
  | 'deposit'
  | 'withdrawal'
  | 'adjustment'
  | 'excess'

/** One movement of one currency: the sum per currency is what the venue should hold. */
export interface LedgerEntry {
  readonly kind: LedgerKind
  readonly currency: string
  readonly amount: DecimalText
  readonly symbol?: string
  readonly venueTradeId?: string
  readonly note?: string
  readonly at?: Date
}

/** Writes movements of an account. One that a fill made already is written once; an opening too. */
export async function insertLedger(
  db: Db,
  owner: { readonly userId: string; readonly accountId: string },
  entries: readonly LedgerEntry[],
): Promise<void> {
  if (entries.length === 0) return
  await db
    .insertInto('ledger')
    .values(
      entries.map((entry) => ({
        user_id: owner.userId,
        account_id: owner.accountId,
        kind: entry.kind,
        currency: entry.currency,
        amount: entry.amount,
        symbol: entry.symbol ?? null,
        venue_trade_id: entry.venueTradeId ?? null,
        note: entry.note ?? null,
        ...(entry.at && { at: entry.at }),
      })),
    )
    .onConflict((conflict) => conflict.doNothing())
    .execute()
}

/** What the ledger says an account holds of each currency. */
export async function ledgerBalances(db: Db, accountId: string): Promise<Map<string, DecimalText>> {
  const rows = await db
    .selectFrom('ledger')
    .select(({ fn }) => ['currency', fn.sum<DecimalText>('amount').as('amount')])
    .where('account_id', '=', accountId)
    .groupBy('currency')
    .execute()
  return new Map(rows.map((row) => [row.currency, row.amount]))
}

/** Whether an account's books were opened. */
export async function hasOpening(db: Db, accountId: string): Promise<boolean> {
  const row = await db
    .selectFrom('ledger')
    .select('id')
    .where('account_id', '=', accountId)
    .where('kind', '=', 'opening')
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}

/** Funding of a symbol since a moment, in quote; '0' when there was none. */
export async function fundingSince(
  db: Db,
  accountId: string,
  symbol: string,
  since: Date,
): Promise<DecimalText> {
  const row = await db
    .selectFrom('ledger')
    .select(({ fn }) => fn.sum<DecimalText | null>('amount').as('amount'))
    .where('account_id', '=', accountId)
    .where('symbol', '=', symbol)
    .where('kind', '=', 'funding')
    .where('at', '>=', since)
    .executeTakeFirstOrThrow()
  return row.amount ?? '0'
}
