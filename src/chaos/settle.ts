import { setTimeout as sleep } from 'node:timers/promises'
import { reconcileAccount } from '../queue/contracts.ts'
import type { Enqueue } from '../queue/enqueue.ts'
import type { Field } from './field.ts'
import { byClientId, readTruth } from './truth.ts'

/** Nothing moves for so long: what is left is unresolved. */
const stillMs = 150_000
/** A difference must have stood for a while before it is believed; so long after an account is compared again. */
const compareAgainMs = 7_000

/** What waiting needs: whom to tell, and when to stop. */
export interface Waiting {
  readonly say: (line: string) => void
  readonly signal?: AbortSignal
}

const unsettled = {
  orders: `select count(*)::int + (select count(*)::int from close_batches where ended_at is null)
      + (select count(*)::int from protection_gaps where ended_at is null and kind = 'no_stop') as left,
      (select max(id)::text from order_events) as moved from orders
    where state in ('planned', 'submitting', 'unknown', 'canceling')
      or (state in ('open', 'partially_filled') and purpose <> 'stop')`,
  naive: `select count(*)::int as left, count(*)::text as moved from chaos.naive where state = 'asked'`,
}

/** Waits until nothing is under way, or nothing has moved for long. */
export async function settled(
  { journal }: Field,
  what: keyof typeof unsettled,
  { say, signal }: Waiting,
): Promise<void> {
  let last = ''
  let stillSince = performance.now()
  for (let i = 1; ; i++) {
    signal?.throwIfAborted()
    const [row] = await journal.query<{ left: number; moved: string }>(unsettled[what])
    if (!row || row.left === 0) return
    if (row.moved !== last) {
      last = row.moved
      stillSince = performance.now()
    }
    if (performance.now() - stillSince > stillMs) return
    if (i % 10 === 0) say(`${row.left} ${what === 'naive' ? 'of the control ' : ''}are under way`)
    await sleep(500)
  }
}

/** Waits until every stop that ended at the venue has ended here, or that does not come; prices must stand still. */
export async function stopsKnown({ journal, venueUrl }: Field, { say, signal }: Waiting): Promise<void> {
  const sinceMs = performance.now()
  for (let i = 1; performance.now() - sinceMs < stillMs; i++) {
    signal?.throwIfAborted()
    const truth = await readTruth(venueUrl)
    const living = await journal.query<{ api_key: string; name: string }>(
      `select api_key, coalesce('attached to ' || attached_to, client_order_id) as name from orders join chaos.accounts using (account_id)
        where purpose = 'stop' and state in ('open', 'partially_filled')`,
    )
    const resting = new Set(
      [...truth].flatMap(([apiKey, books]) =>
        [...byClientId(books)]
          .filter(([, orders]) => orders.some(({ status }) => status === 'open'))
          .map(([name]) => `${apiKey} ${name}`),
      ),
    )
    const ended = living.filter((stop) => !resting.has(`${stop.api_key} ${stop.name}`))
    if (ended.length === 0) return
    if (i % 10 === 0) say(`${ended.length} stops have ended at the venue, and are not known here`)
    await sleep(500)
  }
}

/** Has the accounts compared that people have laid hands on, until the books follow; or nothing moves for long. */
export async function comparedAll({ journal }: Field, enqueue: Enqueue, { signal }: Waiting): Promise<void> {
  const [begun] = await journal.query<{ at: string }>('select clock_timestamp()::text as at')
  const waiting = () =>
    journal.query<{ id: string }>(
      `select id from accounts join chaos.accounts on account_id = id where touched_at is not null
         and (reconciled_at is null or reconciled_at < $1::timestamptz or doubts <> '{}')`,
      [begun?.at],
    )
  const sinceMs = performance.now()
  for (let i = 0; performance.now() - sinceMs < stillMs; i++) {
    signal?.throwIfAborted()
    const accounts = await waiting()
    if (accounts.length === 0) return
    for (const { id: accountId } of accounts)
      await enqueue(reconcileAccount, { accountId }, { jobId: `reconcile-${accountId}-settling-${i}` })
    await sleep(compareAgainMs)
  }
}
