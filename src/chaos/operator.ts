import type { Field } from './field.ts'
import { person } from './halting.ts'

/** What an operator would do who wants to go on: lifts halts, and takes accounts back. Returns how many. */
export async function resume({ journal }: Field): Promise<number> {
  const halts = await journal.query(
    `update halts set mode = 'none', set_at = now() + interval '10 years'
     where mode <> 'none' and set_by is distinct from $1 returning key`,
    [person],
  )
  const accounts = await journal.query(
    `update accounts set status = 'active', status_reason = null where status in ('paused', 'degraded') returning id`,
  )
  return halts.length + accounts.length
}

/** Counts the steps that orders have gone since the last time it was asked. */
export function countSteps({ journal }: Field): () => Promise<number> {
  let last = '0'
  return async () => {
    const [row] = await journal.query<{ steps: number; last: string | null }>(
      'select count(from_state)::int as steps, max(id)::text as last from order_events where id > $1',
      [last],
    )
    last = row?.last ?? last
    return row?.steps ?? 0
  }
}
