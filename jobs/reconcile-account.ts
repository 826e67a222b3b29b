import { openAccounts } from '#db/accounts.ts'
import { noteRestored, reconciliationOf } from '#db/reconciliations.ts'
import { reconcileAccount as reconcile } from '#src/orders/reconcile/account.ts'
import { intervalOf } from '#src/orders/reconcile/interval.ts'
import { reconcileAccount } from '#src/queue/contracts.ts'
import { done } from '#src/queue/job.ts'
import { job, spreadOffset } from './context.ts'
import { follow, wakeFollowUps, wakeWaiting } from './follow.ts'

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
    return accounts.map((account) => {
      const everyMs = intervalOf(account, accounts)
      return {
        key: `reconcile-${account.id}`,
        data: { accountId: account.id },
        everyMs,
        offsetMs: spreadOffset(account.id, everyMs),
      }
    })
  },

  async run({ accountId }, context) {
    const { mustReconcile } = await reconciliationOf(context.db, accountId)
    const reconciled = await reconcile(context, accountId)
    for (const { orderId, result } of reconciled.results) await follow(orderId, result, context)
    for (const positionId of reconciled.changed) await wakeFollowUps(positionId, context)
    if (mustReconcile && reconciled.kind === 'done') await wakeWaiting(accountId, context)
    if (reconciled.isInDoubt) {
      const delayMs = reconciled.kind === 'moving' ? againMs.moving : againMs.inDoubt
      // One second look per account and moment, however many jobs ask for it.
      const jobId = `reconcile-${accountId}-again-${Math.floor(context.clock.wallNow() / delayMs)}`
      await context.enqueue(reconcileAccount, { accountId }, { jobId, delayMs })
    }
    return reconciled.kind === 'done' ? done : { kind: 'done', note: reconciled.kind }
  },
})
