import { expect, test } from 'vitest'
import { createAccount, degradeAccount, findAccount, openAccounts, setAccountStatus } from '#db/accounts.ts'
import { findSealedKey, recordPermissions, storeApiKey } from '#db/api-keys.ts'
import { asTenant } from '#db/client.ts'
import { haltsInForce, setHalt } from '#db/halts.ts'
import { insertLedger, ledgerBalances } from '#db/ledger.ts'
import { testDatabase } from '#test/support/database.ts'
import { addTenant } from '#test/support/tenant.ts'

const database = await testDatabase()
const worker = database.db('bullpen_worker')
const web = database.db('bullpen_app')
const alice = await addTenant(database, { name: 'alice' })
const bob = await addTenant(database, { name: 'bob' })

const keyOf = (tenant: typeof alice, ...fingerprints: [string, ...string[]]) => ({
  ...tenant,
  exchange: 'binance',
  fingerprints,
  sealed: { version: '00000000' },
})

test('one key belongs to one account', async () => {
  expect(await storeApiKey(worker, keyOf(alice, 'print-1'))).toBe(true)
  expect(await storeApiKey(worker, keyOf(alice, 'print-2'))).toBe(false)
  expect(await storeApiKey(worker, keyOf(bob, 'print-1'))).toBe(false)
  expect(await storeApiKey(worker, keyOf(bob, 'print-1 under a newer SECRET_KEY', 'print-1'))).toBe(false)
  expect(await storeApiKey(worker, { ...keyOf(bob, 'print-1'), exchange: 'kraken' })).toBe(true)
})

test('the web seals keys and can never read one back', async () => {
  const carol = await addTenant(database, { name: 'carol' })
  expect(await asTenant(web, carol.userId, (tx) => storeApiKey(tx, keyOf(carol, 'print-3')))).toBe(true)
  await expect(asTenant(web, carol.userId, (tx) => findSealedKey(tx, carol.accountId))).rejects.toThrow(
    /permission denied/,
  )
  expect(await findSealedKey(worker, carol.accountId)).toEqual({ version: '00000000' })
})

test('another user’s account is not there for the web, nor is another user’s key to be written', async () => {
  expect(await asTenant(web, bob.userId, (tx) => findAccount(tx, alice.accountId))).toBeUndefined()
  expect((await asTenant(web, bob.userId, (tx) => openAccounts(tx))).map(({ id }) => id)).toEqual([
    bob.accountId,
  ])
  const dave = await addTenant(database, { name: 'dave' })
  await expect(asTenant(web, bob.userId, (tx) => storeApiKey(tx, keyOf(dave, 'print-4')))).rejects.toThrow(
    /row-level security/,
  )
})

test('an account is degraded once, and only when it is active', async () => {
  expect(await degradeAccount(worker, bob.accountId, 'a reason')).toBe(true)
  expect(await degradeAccount(worker, bob.accountId, 'another')).toBe(false)
  expect(await findAccount(worker, bob.accountId)).toMatchObject({
    status: 'degraded',
    statusReason: 'a reason',
  })
  await setAccountStatus(worker, bob.accountId, 'paused', null)
  expect(await degradeAccount(worker, bob.accountId, 'another')).toBe(false)
  await setAccountStatus(worker, bob.accountId, 'active', null)
})

test('what a key may do is written with the time of asking', async () => {
  await recordPermissions(worker, alice.accountId, { canTrade: true })
  const [row] = await database.query<{ permissions: object; checked_at: Date | null }>(
    `select permissions, checked_at from api_keys where account_id = $1`,
    [alice.accountId],
  )
  expect(row?.permissions).toEqual({ canTrade: true })
  expect(row?.checked_at).toBeInstanceOf(Date)
})

test('every scope has its halt row, also one that was never named before', async () => {
  const halt = (scope: 'user' | 'account' | 'symbol' | 'exchange', key: string) =>
    setHalt(worker, { scope, key, mode: 'no_entries', reason: 'a test', setBy: 'test' })
  expect(await halt('user', alice.userId)).toBe(true)
  expect(await halt('account', alice.accountId)).toBe(true)
  expect(await halt('exchange', 'kraken')).toBe(true)
  expect(await halt('symbol', 'BTC/USDT:USDT')).toBe(true)
  expect(await halt('exchange', 'nowhere')).toBe(false)
  expect((await haltsInForce(worker)).map(({ scope, key }) => `${scope} ${key}`)).toEqual([
    `user ${alice.userId}`,
    `account ${alice.accountId}`,
    'exchange kraken',
    'symbol BTC/USDT',
  ])
})

test('a user may halt their own scopes through the web, and nobody else’s', async () => {
  const eve = await addTenant(database, { name: 'eve' })
  const halt = (key: string) =>
    asTenant(web, eve.userId, (tx) =>
      setHalt(tx, { scope: 'account', key, mode: 'flatten', reason: null, setBy: eve.userId }),
    )
  expect(await halt(eve.accountId)).toBe(true)
  expect(await halt(alice.accountId)).toBe(false)
})

test('ledger rows of one fill are written once, and an opening too', async () => {
  const { id: accountId, userId } = await createAccount(worker, {
    userId: alice.userId,
    name: 'second',
    exchange: 'binance',
    market: 'spot',
    mode: 'paper',
    quote: 'USDT',
  })
  const rows = [
    { kind: 'opening', currency: 'USDT', amount: '100' },
    { kind: 'fill', currency: 'USDT', amount: '-10.000000000001', symbol: 'BTC/USDT', venueTradeId: '1' },
    { kind: 'fee', currency: 'USDT', amount: '-0.01', symbol: 'BTC/USDT', venueTradeId: '1' },
  ] as const
  await insertLedger(worker, { userId, accountId }, rows)
  await insertLedger(worker, { userId, accountId }, rows)
  expect(await ledgerBalances(worker, accountId)).toEqual(new Map([['USDT', '89.989999999999']]))
})
