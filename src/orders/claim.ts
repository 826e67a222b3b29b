import { lockStatus } from '#db/accounts.ts'
import type { Db } from '#db/client.ts'
import { openBatchOn } from '#db/close-batches.ts'
import { ensureSymbolHalt, lockHaltsOf } from '#db/halts.ts'
import { recordEvent } from '#db/order-events.ts'
import { hasExpired } from '#db/order-history.ts'
import { claimPlanned, type Order, orderOrThrow } from '#db/orders.ts'
import { lockPosition } from '#db/positions.ts'
import { isOlderThanRestore, waitsForReconciliation } from '#db/reconciliations.ts'
import { crashpoint } from './crashpoint.ts'
import { endOrderIn } from './end.ts'
import type { SettleContext } from './settle.ts'

/** How long a sender may be alive after its claim: longer than the HTTP timeout. */
const leaseMs = 5_000

/** What became of a claim. */
export type Claim =
  | { readonly kind: 'claimed'; readonly order: Order }
  /** Somebody else has moved it. */
  | { readonly kind: 'taken'; readonly state: Order['state'] }
  /** Its account must be compared with its venue first: it stays planned. */
  | { readonly kind: 'waiting' }
  /** Policy ended what had not been sent. */
  | { readonly kind: 'abandoned'; readonly reason: string }

/**
 * Takes a planned order for sending, in one committed transaction: of many senders one gets it. An entry needs an
 * active account and no halt on any of its scopes, whose rows it reads under lock, and must not have expired. An exit is
 * stopped by nothing but the end of its position. After a start entries, and after a restore everything, wait until the
 * account was compared with its venue.
 */
export async function claimOrder(db: Db, order: Order, context: SettleContext): Promise<Claim> {
  if (order.purpose === 'entry') await ensureSymbolHalt(db, order.symbol)
  return db.transaction().execute(async (tx) => {
    const isEntry = order.purpose === 'entry'
    const refusal = isEntry ? ((await entryRefusal(tx, order)) ?? (await ageRefusal(tx, order))) : undefined
    const position = await lockPosition(tx, order.positionId)
    const over =
      position.state === 'closed' || position.state === 'void'
        ? `the position is ${position.state}`
        : undefined
    const reason = refusal ?? over
    const waits = reason === undefined && (await waitsForReconciliation(tx, order))
    if (waits && !(await hasExpired(tx, order.id))) return { kind: 'waiting' }
    if (reason === undefined && !waits) {
      const claimed = await claimPlanned(tx, order.id, context.actor, leaseMs)
      if (claimed) {
        await recordEvent(tx, order, 'planned', 'submitting', { actor: context.actor })
        crashpoint('mid-claim')
        return { kind: 'claimed', order: claimed }
      }
    }
    const ending = { to: 'abandoned', reason: reason ?? 'it expired before it was sent' } as const
    const ended = await endOrderIn(tx, order.id, ['planned'], ending, context)
    if (ended) return { kind: 'abandoned', reason: ending.reason }
    return { kind: 'taken', state: (await orderOrThrow(tx, order.id)).state }
  })
}

/**
 * Why an entry may not be sent now; undefined when it may. What it reads stays as it is until the transaction ends: a
 * halt or a close-all that comes now waits for it. The symbol's halt row is there already.
 */
export async function entryRefusal(
  tx: Db,
  order: Pick<Order, 'accountId' | 'exchange' | 'userId' | 'symbol'>,
): Promise<string | undefined> {
  const account = await lockStatus(tx, order.accountId)
  if (account.status !== 'active') return `the account is ${account.status}${because(account.statusReason)}`
  const [halt] = await lockHaltsOf(tx, order)
  if (halt) return `a halt on ${halt.scope} ${halt.key} takes no entries${because(halt.reason)}`
  const batch = await openBatchOn(tx, order)
  if (batch) return `everything on ${batch.scope} ${batch.key} is being closed${because(batch.reason)}`
  return undefined
}

/** A restored database remembers signals whose orders it has forgotten. */
async function ageRefusal(tx: Db, order: Order): Promise<string | undefined> {
  const isOld = await isOlderThanRestore(tx, order.id)
  return isOld ? 'its signal is older than the restore of the database' : undefined
}

const because = (reason: string | null) => (reason ? `: ${reason}` : '')
