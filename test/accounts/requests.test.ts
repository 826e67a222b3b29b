import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import {
  addAccountRequest,
  findAccountRequest,
  forgottenRequests,
  openAccountRequests,
} from '#db/account-requests.ts'
import { accountsOf, findAccount } from '#db/accounts.ts'
import { findSealedKey } from '#db/api-keys.ts'
import { asTenant } from '#db/client.ts'
import { connectAccount } from '#src/accounts/connect.ts'
import { answerRequest } from '#src/accounts/requests.ts'
import { sealFor } from '#src/vault/seal.ts'
import { keys, openFloor, type Trader } from '#test/support/floor.ts'

const floor = await openFloor()
const { db, database, simulator } = floor
const app = database.db('bullpen_app')
const parts = { db, keys, simulatorUrl: async () => simulator.url }

async function newUser(): Promise<string> {
  const id = randomUUID()
  await database.query(
    `insert into auth."user" (id, name, email, "emailVerified") values ($1, 'asker', $2, true)`,
    [id, `${id}@example.test`],
  )
  return id
}

/** As the web does it: in a transaction of the tenant's. */
const takeDown = (request: Parameters<typeof addAccountRequest>[1]) =>
  asTenant(app, request.userId, (tx) => addAccountRequest(tx, request))

/** A paper account that a user asked for. */
async function ask(change: { userId?: string; name?: string; exchange?: 'binance' | 'okx' } = {}) {
  const userId = change.userId ?? (await newUser())
  const request = await takeDown({
    userId,
    accountId: randomUUID(),
    kind: 'connect',
    name: change.name ?? 'Practice',
    exchange: change.exchange ?? 'binance',
    market: 'spot',
    mode: 'paper',
    quote: 'USDT',
    balance: '2500',
    askedBy: 'ada@example.test',
  })
  if (!request) throw new Error('the request was not taken down')
  return request
}

/** Another key that a user asked for, sealed as the web does. */
async function askForKey({ account }: Trader, apiKey: string, secret: string) {
  const owner = { userId: account.userId, accountId: account.id, exchange: account.exchange }
  const request = await takeDown({
    ...account,
    accountId: account.id,
    kind: 'replace-key',
    name: null,
    balance: null,
    askedBy: 'ada@example.test',
    key: sealFor(keys, owner, { apiKey, secret }),
  })
  if (!request) throw new Error('the request was not taken down')
  return request
}

const answer = (id: string, afterMs = 0) => answerRequest(parts, id, Date.now() + afterMs)
const keptKey = async (id: string) =>
  (await database.query<{ sealed: unknown }>('select sealed from account_requests where id = $1', [id]))[0]
    ?.sealed

test('a key that may withdraw is refused in words, the old one stays, and nothing of the new one is kept', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const before = await findSealedKey(db, trader.account.id)
  const key = { apiKey: `key-${randomUUID()}`, secret: `secret-${randomUUID()}` }
  const settings = { enableWithdrawals: 'true' }
  simulator.addAccount({ venue: 'binance', market: 'spot', ...key, balances: {}, settings })
  const { id } = await askForKey(trader, key.apiKey, key.secret)
  expect(await keptKey(id)).not.toBeNull()
  expect(JSON.stringify(await keptKey(id))).not.toContain(key.secret)

  expect(await answer(id)).toEqual({ state: 'refused', reason: expect.stringContaining('may withdraw') })
  expect(await findAccountRequest(db, id)).toMatchObject({ state: 'refused' })
  expect(await keptKey(id)).toBeNull()
  expect(await findSealedKey(db, trader.account.id)).toEqual(before)
})

test('a key of another account and one that the venue does not know are refused without telling whose', async () => {
  const [trader, other] = [await floor.trader({ market: 'spot' }), await floor.trader({ market: 'spot' })]
  const taken = await answer((await askForKey(trader, other.apiKey, other.secret)).id)
  expect(taken).toEqual({ state: 'refused', reason: expect.stringContaining('belongs to another account') })
  expect(JSON.stringify(taken)).not.toContain(other.account.id)
  const unknown = await answer((await askForKey(trader, 'nobody-s', 'no-secret')).id)
  expect(unknown).toEqual({ state: 'refused', reason: expect.stringContaining('does not take this key') })
})

test('what cannot be connected is refused with the reason, and leaves no account', async () => {
  const okx = await ask({ exchange: 'okx' })
  expect(await answer(okx.id)).toEqual({
    state: 'refused',
    reason: 'this build does not trade on okx yet',
  })
  const alone = await ask()
  const refused = await answerRequest({ ...parts, simulatorUrl: async () => undefined }, alone.id, Date.now())
  expect(refused).toEqual({ state: 'refused', reason: expect.stringContaining('no simulator is running') })
  expect(await accountsOf(db, alone.userId)).toEqual([])
  expect(await openAccountRequests(db, alone.userId)).toMatchObject([{ state: 'refused' }])

  const first = await ask({ name: 'Same' })
  await answer(first.id)
  const second = await ask({ userId: first.userId, name: 'Same' })
  expect(await answer(second.id)).toEqual({
    state: 'refused',
    reason: 'there is an account called Same already: choose another name',
  })
})

test('a paper account is made at the simulator with its balance, once, however many workers are asked', async () => {
  const request = await ask()
  const ends = await Promise.all(Array.from({ length: 8 }, () => answer(request.id)))
  expect(ends.filter((end) => end !== undefined)).toMatchObject([
    { state: 'done', account: { id: request.accountId } },
  ])
  const accounts = await accountsOf(db, request.userId)
  expect(accounts).toMatchObject([
    { id: request.accountId, name: 'Practice', mode: 'paper', status: 'active' },
  ])
  const [balance] = await database.query<{ total: string }>(
    `select sum(amount)::text as total from ledger where account_id = $1 and currency = 'USDT'`,
    [request.accountId],
  )
  expect(Number(balance?.total)).toBe(2500)
  expect(
    await database.query('select actor, action from audit_log where target = $1', [request.accountId]),
  ).toEqual([{ actor: 'ada@example.test', action: 'account.connect' }])
  expect(await answer(request.id)).toBeUndefined()
})

test('a worker that died between connecting the account and saying so leaves one account, and the next says it', async () => {
  const request = await ask()
  const key = { apiKey: `key-${randomUUID()}`, secret: `secret-${randomUUID()}` }
  simulator.addAccount({ venue: 'binance', market: 'spot', ...key, balances: { USDT: '2500' } })
  await connectAccount(parts, { ...request, name: 'Practice', id: request.accountId }, key)
  expect(await answer(request.id)).toMatchObject({ state: 'done' })
  expect(await accountsOf(db, request.userId)).toHaveLength(1)
})

test('another key is put in place, and the account is compared with its venue before it enters again', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const key = { apiKey: `key-${randomUUID()}`, secret: `secret-${randomUUID()}` }
  simulator.addAccount({ venue: 'binance', market: 'spot', ...key, balances: {} })
  expect(await answer((await askForKey(trader, key.apiKey, key.secret)).id)).toMatchObject({ state: 'done' })
  expect(await findAccount(db, trader.account.id)).toMatchObject({ status: 'active' })
})

test('one request of an account waits at a time; one that is forgotten is found, and given up when it keeps failing', async () => {
  const request = await ask()
  const again = { ...request, askedBy: 'ada@example.test' }
  expect(await takeDown(again)).toBeUndefined()
  expect(await forgottenRequests(db, 0)).toContain(request.id)
  expect(await forgottenRequests(db, 60_000)).not.toContain(request.id)

  const broken = { ...parts, simulatorUrl: () => Promise.reject(new Error('the disk is full')) }
  await expect(answerRequest(broken, request.id, Date.now())).rejects.toThrow('the disk is full')
  expect(await findAccountRequest(db, request.id)).toMatchObject({ state: 'waiting' })
  const later = Date.now() + 6 * 60_000
  expect(await answerRequest(broken, request.id, later)).toEqual({
    state: 'refused',
    reason: expect.stringContaining('try it once more'),
  })
})

test('a tenant sees its own requests alone, and no key', async () => {
  const request = await ask()
  const [mine, other] = [request.userId, await newUser()]
  expect(await asTenant(app, mine, (tx) => findAccountRequest(tx, request.id))).toMatchObject({
    id: request.id,
  })
  expect(await asTenant(app, other, (tx) => findAccountRequest(tx, request.id))).toBeUndefined()
  await expect(
    asTenant(app, mine, (tx) => tx.selectFrom('account_requests').select('sealed').execute()),
  ).rejects.toThrow(/permission denied/)
})
