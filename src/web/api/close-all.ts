import { z } from 'zod'
import { progressOf } from '#db/close-batches.ts'
import { orderCloseAll, orderHalt } from '#db/halt-orders.ts'
import { noSuch } from '../problem.ts'
import { instant } from './fields.ts'
import { noAccount } from './halts.ts'
import { route } from './route.ts'

const closing = z
  .object({
    batchId: z.uuid(),
    /** False when it was asked for already: it goes on, and nothing is closed twice. */
    isNew: z.boolean(),
    openedAt: instant,
    positions: z.int(),
    closed: z.int(),
  })
  .meta({ id: 'CloseBatch' })

/**
 * Closes everything the caller owns. What is done is in the database when this has answered, and workers see to it
 * whether the queue is there or not.
 */
export const closeAll = route({
  method: 'post',
  path: '/close-all',
  scope: 'trade',
  stepUp: true,
  summary:
    'Closes every open position of the caller or of one account at the market, and takes back what rests.',
  body: z.strictObject(
    {
      /** Whether entries stay stopped afterwards; they start again by themselves otherwise. */
      stopEntries: z.boolean('must be true or false'),
      /** Everything of the caller when it is left out. */
      account: z.uuid('must be the id of an account').optional(),
      reason: z.string().trim().max(200, 'must be at most 200 characters').optional(),
    },
    'must be an object with stopEntries',
  ),
  answer: closing,
  async handle({ db, user, body }) {
    const { stopEntries, account, reason = null } = body
    const place =
      account === undefined
        ? ({ scope: 'user', key: user.id } as const)
        : ({ scope: 'account', key: account } as const)
    const order = { ...place, reason, by: user.email, userId: user.id }
    const closing = stopEntries
      ? (await orderHalt(db, { ...order, mode: 'flatten' }))?.closing
      : await orderCloseAll(db, order)
    if (!closing && account !== undefined) throw noSuch('account', account, '/overview')
    if (!closing) throw noAccount('There is no account in which anything could be closed.')
    const { batch, isNew } = closing
    const { id: batchId, openedAt } = batch
    return { batchId, isNew, openedAt: openedAt.toISOString(), ...(await progressOf(db, batch)) }
  },
})
