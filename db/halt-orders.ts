import { recordAudit } from './audit.ts'
import type { Db } from './client.ts'
import { type CloseBatch, openCloseBatch } from './close-batches.ts'
import { type HaltMode, type HaltPlace, setHalt } from './halts.ts'

/** A halt or a lifting that somebody orders. */
export interface HaltOrder extends HaltPlace {
  readonly mode: HaltMode
  readonly reason: string | null
  /** Who orders it, as the audit log names them. */
  readonly by: string
  /** Whose it concerns, when one user orders it for themselves. */
  readonly userId?: string
}

/** The close-all of a place, and whether it was opened now. */
export interface OrderedClose {
  readonly batch: CloseBatch
  readonly isNew: boolean
}

/**
 * Sets or lifts a halt in the caller's transaction and writes it into the audit log; `flatten` opens a close-all of the
 * place with it. Undefined when there is no such place.
 */
export async function orderHalt(
  tx: Db,
  order: HaltOrder,
): Promise<{ readonly closing?: OrderedClose } | undefined> {
  const { scope, key, mode, reason, by } = order
  if (!(await setHalt(tx, { scope, key, mode, reason, setBy: by }))) return undefined
  await recordAudit(tx, {
    ...(order.userId !== undefined && { userId: order.userId }),
    actor: by,
    action: mode === 'none' ? 'halt.lift' : 'halt.set',
    target: `${scope} ${key}`,
    details: { mode, reason },
  })
  if (mode !== 'flatten') return {}
  const closing = await orderCloseAll(tx, order)
  return closing && { closing }
}

/**
 * Asks for everything in a place to be closed, in the caller's transaction, and writes it into the audit log. A place that
 * is being closed already stays so. Undefined when there is no such place.
 */
export async function orderCloseAll(
  tx: Db,
  order: Omit<HaltOrder, 'mode'>,
): Promise<OrderedClose | undefined> {
  const { scope, key, reason, by } = order
  const opened = await openCloseBatch(tx, { scope, key, reason, openedBy: by })
  if (!opened) return undefined
  await recordAudit(tx, {
    ...(order.userId !== undefined && { userId: order.userId }),
    actor: by,
    action: opened.isNew ? 'close-all.start' : 'close-all.again',
    target: `${scope} ${key}`,
    details: { batchId: opened.batch.id, reason },
  })
  return opened
}
