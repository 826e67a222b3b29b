import type { Journal } from './journal.ts'
import { byClientId, isExecuted, type Truth, type VenueOrder } from './truth.ts'

/** What the checker found of the control. */
export interface NaiveVerdict {
  readonly orders: number
  readonly duplicates: number
  readonly lost: number
}

/** What the control did: the simulator's truth against its own rows. */
export async function checkNaive({ query }: Journal, truth: Truth): Promise<NaiveVerdict> {
  const rows = await query<{ api_key: string; client_order_id: string; state: string }>(
    'select n.client_order_id, n.state, a.api_key from chaos.naive n join chaos.accounts a using (account_id)',
  )
  const venue = new Map<string, VenueOrder[]>()
  for (const books of truth.values()) for (const [id, found] of byClientId(books)) venue.set(id, found)
  let duplicates = 0
  let lost = 0
  for (const row of rows) {
    const effects = (venue.get(row.client_order_id) ?? []).filter(isExecuted).length
    duplicates += Math.max(0, effects - 1)
    const isRight = effects === 0 ? row.state === 'refused' : row.state === 'done'
    if (!isRight) lost += 1
  }
  return { orders: rows.length, duplicates, lost }
}
