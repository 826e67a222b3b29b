import { heardAccounts } from '#db/account-streams.ts'
import { openAccounts } from '#db/accounts.ts'
import { noteRestored, type Reconciliation, reconciliationOf } from '#db/reconciliations.ts'
import { VenueUnavailable } from '#src/errors.ts'
import { type Reconciled, reconcileAccount as reconcile } from '#src/orders/reconcile/account.ts'
import { intervalOf } from '#src/orders/reconcile/interval.ts'
import { reconcileAccount } from '#src/queue/contracts.ts'
import { done, skipped } from '#src/queue/job.ts'
import { type JobContext, job, spreadOffset } from './context.ts'
import { follow, wakeFollowUps, wakeWaiting } from './follow.ts'

/** How long a pause is taken to last whose end the venue did not say. */
const usualPauseMs = 10_000
/** Accounts that waited for the same pause are spread over this. */
const spreadMs = 5_000

/** Clocks of whoever asks and of the database differ by no more: a worker beyond that takes no jobs. */
const clocksDifferMs = 2_000

/** How soon a second look follows: money that moved settles at once, a difference must stand for 5 s. */
const againMs = { moving: 5_000, inDoubt: 6_000 }

/** Compares one account with its venue and brings the books in line. */
export default job(reconcileAccount, {
  schedule: async ({ db, log }) => {
    for (const accountId of await noteRestored(db))
      log.fatal(
        { event: 'database-restored', accountId },
        'the database was restored: nothing is sent before the account was compared with its venue',
      )
    const accounts = await openAccounts(db)
    const heard = await heardAccounts(db)
    return accounts.map((account) => {
      const everyMs = intervalOf(account, accounts, heard)
      return {
        key: `reconcile-${account.id}`,
        data: { accountId: account.id },
        everyMs,
        offsetMs: spreadOffset(account.id, everyMs),
      }
    })
  },

  async run({ accountId }, context, { dueMs }) {
    const before = await reconciliationOf(context.db, accountId)
    // Many may ask for the same while one comparison runs: it answers all who asked before it began.
    if (isComparedSince(dueMs, before)) return skipped('it was compared since this was asked for')
    const { mustReconcile, doubts } = before
    let reconciled: Reconciled
    try {
      reconciled = await reconcile(context, accountId)
    } catch (error) {
      if (!(error instanceof VenueUnavailable)) throw error
      if (error.whose === undefined) {
        // What was seen once is looked at again also when a look fails: the next interval may be minutes away.
        if (Object.keys(doubts).length > 0) await lookAgain(accountId, againMs.inDoubt, context)
        throw error
      }
      await comeAgain(accountId, error, context)
      return skipped(error.message)
    }
    for (const { orderId, result } of reconciled.results) await follow(orderId, result, context)
    for (const positionId of reconciled.changed) await wakeFollowUps(positionId, context)
    if (mustReconcile && reconciled.kind === 'done') await wakeWaiting(accountId, context)
    if (reconciled.isInDoubt)
      await lookAgain(accountId, reconciled.kind === 'moving' ? againMs.moving : againMs.inDoubt, context)
    return reconciled.kind === 'done' ? done : { kind: 'done', note: reconciled.kind }
  },
})

/** Whether a comparison that found nothing to doubt has begun since a moment. */
function isComparedSince(
  atMs: number | undefined,
  { reconciledAt, mustReconcile, staleSince, doubts }: Reconciliation,
): boolean {
  const isSettled = !mustReconcile && staleSince === null && Object.keys(doubts).length === 0
  if (!isSettled || atMs === undefined || reconciledAt === null) return false
  return reconciledAt.getTime() > atMs + clocksDifferMs
}

/** One second look per account and moment, however many jobs ask for it. */
async function lookAgain(accountId: string, delayMs: number, { enqueue, clock }: JobContext): Promise<void> {
  const jobId = `reconcile-${accountId}-again-${Math.floor(clock.wallNow() / delayMs)}`
  await enqueue(reconcileAccount, { accountId }, { jobId, delayMs })
}

/** The venue takes no requests: one look follows when it does again, a little later for each account than for the last. */
async function comeAgain(
  accountId: string,
  { retryAfterMs = usualPauseMs }: VenueUnavailable,
  { enqueue, clock }: JobContext,
): Promise<void> {
  const delayMs = retryAfterMs + spreadOffset(accountId, spreadMs)
  const moment = Math.floor((clock.wallNow() + delayMs) / usualPauseMs)
  await enqueue(
    reconcileAccount,
    { accountId },
    { jobId: `reconcile-${accountId}-paused-${moment}`, delayMs },
  )
}
