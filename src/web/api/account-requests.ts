import { randomUUID } from 'node:crypto'
import { z } from 'zod'
import {
  type AccountRequest,
  addAccountRequest,
  findAccountRequest,
  openAccountRequests,
} from '#db/account-requests.ts'
import { accountsOf, findAccount } from '#db/accounts.ts'
import { isKeyTaken } from '#db/api-keys.ts'
import type { Db } from '#db/client.ts'
import { exchanges, markets, modes } from '../../domain/market.ts'
import { unsupported } from '../../domain/venues.ts'
import { answerAccountRequest } from '../../queue/contracts.ts'
import type { Enqueue } from '../../queue/enqueue.ts'
import type { KeyRing } from '../../vault/key-ring.ts'
import { type KeptKey, sealFor } from '../../vault/seal.ts'
import { noSuch, Problem } from '../problem.ts'
import { closedAccount } from './accounts.ts'
import { idOf, instant } from './fields.ts'
import { route } from './route.ts'

/** Accounts that one user may have. */
const most = 50

/** What a user calls an account. */
export const accountName = z
  .string('must be a name')
  .trim()
  .min(1, 'must not be empty')
  .max(60, 'must be at most 60 characters')

const secretText = (what: string, most: number) =>
  z
    .string(`must be the ${what} as the exchange shows it`)
    .trim()
    .min(1, `must be the ${what} as the exchange shows it`)
    .max(most, `must be at most ${most} characters`)

/** What an exchange hands its customer: sealed as soon as it is here, and never shown again. */
const venueKey = z.strictObject(
  {
    apiKey: secretText('API key', 500),
    secret: secretText('secret', 5_000),
    password: secretText('passphrase', 200).optional(),
  },
  'must be an object with apiKey and secret',
)

const request = z
  .object({
    id: z.uuid(),
    kind: z.enum(['connect', 'replace-key']),
    /** Of the account; with `connect` it is there once the request is done. */
    accountId: z.uuid(),
    name: z.string().nullable(),
    exchange: z.enum(exchanges),
    market: z.enum(markets),
    mode: z.enum(modes),
    state: z.enum(['waiting', 'done', 'refused']),
    /** Why it was refused, in words. */
    reason: z.string().nullable(),
    createdAt: instant,
  })
  .meta({ id: 'AccountRequest' })
export type AccountRequestAnswer = z.infer<typeof request>

interface Parts {
  readonly keys: KeyRing
  readonly enqueue: Enqueue
}

/** What is still waited for, and what was refused within the hour. */
export const listAccountRequests = route({
  method: 'get',
  path: '/accounts/requests',
  summary:
    'Accounts that are being connected and keys that are being tried, and what was refused within the hour.',
  answer: z.object({ items: z.array(request) }),
  handle: async ({ db, user }) => ({ items: (await openAccountRequests(db, user.id)).map(toAnswer) }),
})

export const getAccountRequest = route({
  method: 'get',
  path: '/accounts/requests/:id',
  summary: 'What became of an account that was asked for, or of a key.',
  params: idOf('request'),
  answer: request,
  async handle({ db, params }) {
    const found = await findAccountRequest(db, params.id)
    if (!found) throw noSuch('request', params.id, '/accounts/requests')
    return toAnswer(found)
  },
})

const wanted = z
  .strictObject({
    name: accountName,
    exchange: z.enum(exchanges, `must be one of ${exchanges.join(', ')}`),
    market: z.enum(markets, `must be one of ${markets.join(', ')}`),
    mode: z.enum(modes, 'must be paper, testnet or live'),
    quote: z
      .string()
      .regex(/^[A-Z0-9]{2,10}$/, 'must be a currency such as USDT')
      .default('USDT'),
    balance: z
      .string('must be an amount as text, such as "10000"')
      .regex(/^\d{1,9}(\.\d{1,8})?$/, 'must be an amount as text, such as "10000"')
      .refine((text) => Number(text) > 0, 'must be above 0')
      .optional()
      .meta({ description: 'With what a paper account begins, in quote.' }),
    key: venueKey.optional(),
  })
  .superRefine(({ mode, balance, key }, context) => {
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message })
    if (mode === 'paper' && key) refuse('key', 'is not for a paper account: it trades at the simulator')
    if (mode === 'paper' && balance === undefined) refuse('balance', 'is what a paper account begins with')
    if (mode !== 'paper' && !key) refuse('key', 'is needed to trade at the exchange')
    if (mode !== 'paper' && balance !== undefined) refuse('balance', 'is for paper accounts alone')
  })

/** Asks for an account; a worker tries its key at the venue, and only then there is one. */
export function connectAccount({ keys, enqueue }: Parts) {
  return route({
    method: 'post',
    path: '/accounts',
    status: 202,
    stepUp: ({ mode }: z.infer<typeof wanted>) => mode !== 'paper',
    summary:
      'Connects an account. The key is sealed at once, tried at the exchange and refused if it may withdraw; the request tells what became of it.',
    body: wanted,
    answer: request,
    async handle({ db, user, body, afterCommit }) {
      const obstacle = unsupported(body)
      if (obstacle !== undefined)
        throw new Problem(409, 'not-offered', `This account is not offered: ${obstacle}.`, {
          advice: 'Ask /api/v1/accounts/places for what is.',
        })
      const accounts = await accountsOf(db, user.id)
      if (accounts.length >= most)
        throw new Problem(409, 'too-many-accounts', `There are ${most} accounts already.`, {
          advice: 'Disconnect one that is not used.',
        })
      if (accounts.some(({ name }) => name === body.name))
        throw new Problem(409, 'name-taken', `There is an account called ${body.name} already.`, {
          advice: 'Choose another name.',
        })
      const place = { ...body, userId: user.id, accountId: randomUUID() }
      const key = body.key && sealFor(keys, place, body.key)
      if (key) await requireFree(db, place, key)
      const asked = await addAccountRequest(db, {
        userId: user.id,
        accountId: place.accountId,
        kind: 'connect',
        name: body.name,
        exchange: body.exchange,
        market: body.market,
        mode: body.mode,
        quote: body.quote,
        balance: body.balance ?? null,
        ...(key && { key }),
        askedBy: user.email,
      })
      if (!asked) throw stillWaiting()
      afterCommit(() => enqueue(answerAccountRequest, { requestId: asked.id }))
      return toAnswer(asked)
    },
  })
}

/** Asks for another key in the place of an account's; the old one trades until the venue has taken the new one. */
export function replaceAccountKey({ keys, enqueue }: Parts) {
  return route({
    method: 'post',
    path: '/accounts/:id/key',
    status: 202,
    stepUp: true,
    summary:
      'Puts another key in the place of an account’s: sealed at once, tried at the exchange, and in force once it was taken.',
    params: idOf('account'),
    body: venueKey,
    answer: request,
    async handle({ db, user, params, body, afterCommit }) {
      const account = await findAccount(db, params.id)
      if (!account) throw noSuch('account', params.id, '/accounts')
      if (account.status === 'closed') throw closedAccount(account)
      if (account.mode === 'paper')
        throw new Problem(
          409,
          'no-key-needed',
          `${account.name} trades at the simulator, by a key of its own.`,
          {
            advice: 'Connect a testnet or live account to use a key of an exchange.',
          },
        )
      const place = { ...account, accountId: account.id }
      const key = sealFor(keys, place, body)
      await requireFree(db, place, key)
      const asked = await addAccountRequest(db, {
        ...account,
        accountId: account.id,
        kind: 'replace-key',
        name: null,
        balance: null,
        key,
        askedBy: user.email,
      })
      if (!asked) throw stillWaiting()
      afterCommit(() => enqueue(answerAccountRequest, { requestId: asked.id }))
      return toAnswer(asked)
    },
  })
}

/** One key belongs to one account; whose it is nobody is told. */
async function requireFree(
  db: Db,
  { exchange, accountId }: { readonly exchange: string; readonly accountId: string },
  { fingerprints }: KeptKey,
): Promise<void> {
  if (await isKeyTaken(db, { exchange, fingerprints }, accountId))
    throw new Problem(409, 'key-taken', 'This API key belongs to an account already.', {
      advice: 'Make another key at the exchange: one key, one account.',
    })
}

function stillWaiting(): Problem {
  return new Problem(409, 'still-waiting', 'A key of this account is being tried already.', {
    advice: 'Wait until that has ended.',
  })
}

function toAnswer(one: AccountRequest): AccountRequestAnswer {
  const { id, kind, accountId, name, exchange, market, mode, state, reason, createdAt } = one
  const told = { id, kind, accountId, name, exchange, market, mode, state, reason }
  return { ...told, createdAt: createdAt.toISOString() }
}
