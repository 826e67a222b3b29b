import { setTimeout as sleep } from 'node:timers/promises'
import { VenueUnavailable } from '#src/errors.ts'
import { cancelOrder } from '#src/orders/cancel.ts'
import { advanceCloseBatches } from '#src/orders/close-all.ts'
import { placeOrder } from '#src/orders/place.ts'
import { reconcileAccount } from '#src/orders/reconcile/account.ts'
import { resolveOrder } from '#src/orders/resolve.ts'
import type { Floor, Trader } from '#test/support/floor.ts'
import { guardAll } from '#test/support/hand-work.ts'
import { watchOnce } from '#test/support/watch.ts'

const rounds = 40

/** As if everything that is under way had been sent, and looked for, ten seconds earlier. */
export async function ageOrders({ database }: Floor, { account }: Trader): Promise<void> {
  await database.query(
    `update orders set sent_at = sent_at - interval '10 s', lease_until = lease_until - interval '10 s',
       planned_at = planned_at - interval '10 s' where account_id = $1 and state in ('submitting', 'unknown')`,
    [account.id],
  )
  await database.query(
    `update order_evidence set asked_at = asked_at - interval '10 s'
     where order_id in (select id from orders where account_id = $1 and state = 'unknown')`,
    [account.id],
  )
}

/** As if every difference had been seen long enough ago to be believed. */
export async function ageDoubts({ database }: Floor, { account }: Trader): Promise<void> {
  await database.query(
    `update accounts set doubts = (select coalesce(jsonb_object_agg(key, jsonb_set(value, '{sinceMs}', to_jsonb((value ->> 'sinceMs')::numeric - 6000))), '{}')
       from jsonb_each(doubts)) where id = $1`,
    [account.id],
  )
}

/** What the workers that live on do for an account, until nothing of it is under way and it has been compared. */
export async function carryOn(floor: Floor, trader: Trader): Promise<void> {
  const { desk, database } = floor
  const { id: accountId } = trader.account
  for (let round = 0; round < rounds; round += 1) {
    await ageOrders(floor, trader)
    // What rests at its limit is given up: a market that stands still would never fill it.
    await database.query(
      `update orders set cancel_requested_at = clock_timestamp(), on_timeout = 'skip'
       where account_id = $1 and type = 'limit' and state = 'open' and cancel_requested_at is null`,
      [accountId],
    )
    const left = await underWay(floor, trader)
    for (const { id, state, wants_cancel } of left)
      await patiently(() => {
        if (state === 'planned') return placeOrder(desk, id, { isRetry: false })
        return wants_cancel ? cancelOrder(desk, id) : resolveOrder(desk, id)
      })
    await database.query(
      `update close_batches set advanced_at = null, flat_since = flat_since - interval '6 s' where ended_at is null`,
    )
    const woken: string[] = []
    await advanceCloseBatches(desk, ({ id }) => woken.push(id))
    for (const id of woken) await patiently(() => placeOrder(desk, id, { isRetry: false }))
    await patiently(() => guardAll(desk))
    await watchOnce(floor)
    await ageDoubts(floor, trader)
    let isInDoubt = true
    await patiently(async () => {
      isInDoubt = (await reconcileAccount(desk, accountId)).isInDoubt
    })
    if (!isInDoubt && left.length === 0 && (await underWay(floor, trader)).length === 0) return
  }
  throw new Error(`the account never comes to rest: ${JSON.stringify(await underWay(floor, trader))}`)
}

/** Everything of an account that is not as it shall stay; an open close-all among it. */
function underWay({ database }: Floor, { account }: Trader) {
  return database.query<{ id: string; state: string; wants_cancel: boolean }>(
    `select id, state, cancel_requested_at is not null and state in ('open', 'partially_filled', 'canceling') as wants_cancel
     from orders where account_id = $1 and (state in ('planned', 'submitting', 'unknown', 'canceling')
       or state in ('open', 'partially_filled') and (purpose <> 'stop' or cancel_requested_at is not null))
     union all select id, 'closing', false from close_batches where key = $1::text and ended_at is null`,
    [account.id],
  )
}

/** A venue that takes nothing for a moment is asked again. */
async function patiently(work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof VenueUnavailable)) throw error
    await sleep(200)
  }
}
