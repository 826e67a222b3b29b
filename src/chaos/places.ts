import type { Account } from '#db/accounts.ts'
import type { Journal } from './journal.ts'

/** A symbol of an account, where one position lives at a time. */
export interface Place {
  readonly account: Account
  readonly base: string
  /** As the journal names it. */
  readonly symbol: string
}

/** The position that lives in a place. */
export interface Resident {
  readonly id: string
  readonly account_id: string
  readonly symbol: string
  readonly state: string
  readonly qty_open: string
  /** Whether an order of it is under way, its stops left out. */
  readonly is_busy: boolean
  /** Orders that have not left yet, its stops among them. */
  readonly waiting: number
  readonly has_tp1: boolean
  /** Whether it is young and its stop near: the market shall close it, if it does. */
  readonly is_left_to_stop: boolean
}

/** All symbols of all accounts. */
export function placesOf(accounts: readonly Account[], bases: readonly string[]): Place[] {
  return accounts.flatMap((account) =>
    bases.map((base) => ({
      account,
      base,
      symbol: account.market === 'spot' ? `${base}/USDT` : `${base}/USDT:USDT`,
    })),
  )
}

/** Names a place among all. */
export function placeKey({ account, symbol }: Place): string {
  return `${account.id} ${symbol}`
}

/** Who lives where, by `placeKey`; of two in one place the stray, which is to leave first. */
export async function residents(
  { query }: Journal,
  accounts: readonly Account[],
): Promise<Map<string, Resident>> {
  const rows = await query<Resident>(
    `select p.id, p.account_id, p.symbol, p.state, p.qty_open,
       exists (select from order_slots s where s.position_id = p.id and s.slot = 'tp:1') as has_tp1,
       coalesce(p.opened_at > now() - interval '20 s' and abs(p.stop_loss / p.entry_price - 1) < 0.002, false) as is_left_to_stop,
       coalesce(live.is_busy, false) as is_busy, coalesce(live.waiting, 0) as waiting
     from positions p left join (
       select position_id, bool_or(purpose <> 'stop') as is_busy,
         count(*) filter (where state in ('planned', 'submitting'))::int as waiting
       from orders where state in ('planned', 'submitting', 'open', 'partially_filled', 'canceling', 'unknown')
       group by position_id) live on live.position_id = p.id
     where p.account_id = any($1) and p.state in ('opening', 'open', 'closing', 'stray')
     order by p.state = 'stray'`,
    [accounts.map(({ id }) => id)],
  )
  return new Map(rows.map((row) => [`${row.account_id} ${row.symbol}`, row]))
}
