import { z } from 'zod'
import {
  type Account,
  closeAccount,
  lockAccount,
  pauseAccount,
  renameAccount,
  resumeAccount,
} from '#db/accounts.ts'
import { recordAudit } from '#db/audit.ts'
import { checkKey, tradingCycle } from '../../queue/contracts.ts'
import type { Enqueue } from '../../queue/enqueue.ts'
import { noSuch, Problem } from '../problem.ts'
import { accountName } from './account-requests.ts'
import { accountAnswer, closedAccount, getAccount, pausedByUser } from './accounts.ts'
import { idOf } from './fields.ts'
import { type Asked, route } from './route.ts'

const params = idOf('account')
const { answer } = getAccount
type AskedOfOne = Pick<Asked<unknown, unknown, { id: string }>, 'db' | 'user' | 'params'>

/** Calls an account by another name. */
export const patchAccount = route({
  method: 'patch',
  path: '/accounts/:id',
  summary: 'Renames an account.',
  params,
  body: z.strictObject({ name: accountName }, 'must be an object with a name'),
  answer,
  async handle(asked) {
    const account = await ownAccount(asked)
    const { name } = asked.body
    if (!(await renameAccount(asked.db, account, name)))
      throw new Problem(409, 'name-taken', `There is an account called ${name} already.`, {
        advice: 'Choose another name.',
      })
    if (name !== account.name) await audit(asked, 'account.rename', { from: account.name, to: name })
    return accountAnswer(asked.db, account.id)
  },
})

/** Takes entries away from an account; what is open is watched and closed as before. */
export const pauseOwnAccount = route({
  method: 'post',
  path: '/accounts/:id/pause',
  scope: 'trade',
  summary: 'Pauses an account: no new entries. Stops, targets and exits go on.',
  params,
  body: z
    .strictObject({ reason: z.string().trim().max(200, 'must be at most 200 characters').optional() })
    .default({}),
  answer,
  async handle(asked) {
    const account = await ownAccount(asked)
    const { reason } = asked.body
    const text = reason ? `${pausedByUser}: ${reason}` : pausedByUser
    if (await pauseAccount(asked.db, account.id, text))
      await audit(asked, 'account.pause', { reason: reason ?? null })
    return accountAnswer(asked.db, account.id)
  },
})

/** Gives an account its entries back that its user had paused. */
export function resumeOwnAccount(enqueue: Enqueue) {
  return route({
    method: 'post',
    path: '/accounts/:id/resume',
    scope: 'trade',
    summary: 'Lets an account enter again that its user had paused.',
    params,
    answer,
    async handle(asked) {
      const { db, user, afterCommit } = asked
      const account = await ownAccount(asked)
      if (account.status === 'degraded' || !isPausedBy(account)) throw cannotResume(account)
      if (account.status === 'paused') {
        await resumeAccount(db, account.id, [pausedByUser])
        await audit(asked, 'account.resume', {})
        afterCommit(() => enqueue(tradingCycle, { userId: user.id }))
      }
      return accountAnswer(db, account.id)
    },
  })
}

function isPausedBy({ status, statusReason }: Account): boolean {
  return status === 'active' || (statusReason ?? '').startsWith(pausedByUser)
}

function cannotResume({ name, status, statusReason }: Account): Problem {
  const advice =
    status === 'degraded'
      ? 'It goes on by itself as soon as the exchange has told what became of its orders.'
      : 'Put a key in place that may read and trade, and not withdraw; the account goes on with it.'
  return new Problem(409, 'not-paused-by-you', `${name} waits: ${statusReason ?? status}.`, { advice })
}

/** Ends an account that has nothing open; its key is forgotten. */
export const closeOwnAccount = route({
  method: 'post',
  path: '/accounts/:id/close',
  summary:
    'Disconnects an account for good when nothing of it is open: its key is forgotten, its history stays.',
  params,
  answer,
  async handle(asked) {
    const account = await ownAccount(asked)
    const open = await closeAccount(asked.db, account, 'disconnected by you')
    if (open)
      throw new Problem(
        409,
        'not-flat',
        `${account.name} still has ${open.positions} open positions and ${open.orders} orders on their way.`,
        { advice: 'Stop entries, close what is open, and disconnect it then.' },
      )
    await audit(asked, 'account.close', { name: account.name })
    return accountAnswer(asked.db, account.id)
  },
})

/** Has a worker ask the venue what the key may do. */
export function checkAccountKey(enqueue: Enqueue) {
  return route({
    method: 'post',
    path: '/accounts/:id/check',
    status: 202,
    summary:
      'Has the exchange asked what the account’s key may do; the account shows the answer within seconds.',
    params,
    answer,
    async handle(asked) {
      const account = await ownAccount(asked)
      asked.afterCommit(() => enqueue(checkKey, { accountId: account.id }))
      return accountAnswer(asked.db, account.id)
    },
  })
}

/** The caller's account that is not closed, locked until the transaction ends. */
async function ownAccount({ db, params }: AskedOfOne): Promise<Account> {
  const { id } = params
  const isOwn = await db.selectFrom('accounts').select('id').where('id', '=', id).executeTakeFirst()
  if (!isOwn) throw noSuch('account', id, '/accounts')
  const account = await lockAccount(db, id)
  if (account.status === 'closed') throw closedAccount(account)
  return account
}

function audit({ db, user, params }: AskedOfOne, action: string, details: object): Promise<void> {
  return recordAudit(db, { userId: user.id, actor: user.email, action, target: params.id, details })
}
