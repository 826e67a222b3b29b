import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { findAccount } from '#db/accounts.ts'
import { findSealedKey, replaceApiKey, storeResealed } from '#db/api-keys.ts'
import checkKeyJob from '#jobs/check-key.ts'
import type { JobContext } from '#jobs/context.ts'
import { connectAccount } from '#src/accounts/connect.ts'
import { replaceKey } from '#src/accounts/replace-key.ts'
import { resealKey } from '#src/accounts/reseal-key.ts'
import { OrderRejected, UserError } from '#src/errors.ts'
import { createGateway } from '#src/exchange/gateway.ts'
import { type KeyRing, keyRing, ringOf } from '#src/vault/key-ring.ts'
import { sealedUnder } from '#src/vault/reseal.ts'
import { fingerprintsOf, sealKey } from '#src/vault/seal.ts'
import { keys, openFloor, secretKey, type Trader } from '#test/support/floor.ts'

const floor = await openFloor()
const { db, database, simulator } = floor
const newer = 'a newer key for tests, of thirty-two bytes or more'
const rotated = ringOf({ secretKey: newer, secretKeyPrevious: [secretKey] })
const desk = { ...floor.desk, keys: rotated }
const simulatorUrl = async () => simulator.url
const parts = { db, keys: rotated, simulatorUrl, actor: 'test' }

const run = { signal: new AbortController().signal, isRetry: false }

const rowOf = async ({ account }: Trader) =>
  (await database.query('select * from api_keys where account_id = $1', [account.id]))[0]
const under = async ({ account }: Trader) =>
  sealedUnder(rotated, { userId: account.userId, accountId: account.id }, await findSealedKey(db, account.id))

/** A key that the venue knows, with money behind it. */
function newKey() {
  const key = { apiKey: `key-${randomUUID()}`, secret: `secret-${randomUUID()}` }
  simulator.addAccount({ venue: 'binance', market: 'spot', ...key, balances: { USDT: '1000' } })
  return key
}

/** What `account rotate` stores for this account, sealed as a process with this ring does it. */
function replacementOf({ account }: Trader, ring = rotated, key = newKey()) {
  const { id: accountId, userId, exchange } = account
  return {
    accountId,
    userId,
    exchange,
    fingerprints: fingerprintsOf(ring, exchange, key.apiKey),
    sealed: sealKey(ring, { userId, accountId }, key),
  }
}

/** Waits until somebody waits for a lock. */
async function untilBlocked(): Promise<void> {
  const blocked = () =>
    database.query(
      `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    )
  await expect.poll(blocked, { timeout: 10_000 }).toHaveLength(1)
}

test.each([
  ['a wrong previous key', keyRing(newer, ['a key that sealed nothing at all in here'])],
  ['no previous key', keyRing(newer)],
  ['the current key', keys],
])('with %s nothing is changed', async (_, ring) => {
  const trader = await floor.trader({ market: 'spot' })
  const before = await rowOf(trader)
  expect(await resealKey({ ...desk, keys: ring }, trader.account.id)).toBe(false)
  expect(await rowOf(trader)).toEqual(before)
})

test('a key that its user replaces meanwhile stays as it was replaced, by whichever key it was sealed', async () => {
  for (const ring of [rotated, keys]) {
    const trader = await floor.trader({ market: 'spot' })
    const replacement = replacementOf(trader, ring)
    const replacing = await db.startTransaction().execute()
    expect(await replaceApiKey(replacing, replacement)).toBe(true)
    const resealing = resealKey(desk, trader.account.id)
    await untilBlocked()
    await replacing.commit().execute()
    expect(await resealing).toBe(false)
    expect(await rowOf(trader)).toMatchObject({
      sealed: replacement.sealed,
      fingerprint: replacement.fingerprints[0],
    })
  }
})

test('a replacement that the venue does not take leaves the key to be sealed anew', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const replacing = await db.startTransaction().execute()
  expect(await replaceApiKey(replacing, replacementOf(trader))).toBe(true)
  const resealing = resealKey(desk, trader.account.id)
  await untilBlocked()
  await replacing.rollback().execute()
  expect(await resealing).toBe(true)
  expect(await under(trader)).toBe('current')
})

test('a key that was replaced between opening and storing is not overwritten', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const { id } = trader.account
  const opened = await findSealedKey(db, id)
  const key = newKey()
  await replaceKey(parts, id, key)
  const { sealed, fingerprints } = replacementOf(trader, rotated, trader)
  expect(await storeResealed(db, id, opened, { sealed, fingerprint: fingerprints[0] })).toBe(false)
  const gateway = createGateway({ db, keys: keyRing(newer), simulatorUrl })
  expect(
    (await (await gateway.account(id)).balances()).find(({ currency }) => currency === 'USDT'),
  ).toMatchObject({
    total: '1000',
  })
  await gateway.close()
})

test('many who seal one key anew at once do it once', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const done = await Promise.all(Array.from({ length: 8 }, () => resealKey(desk, trader.account.id)))
  expect(done.filter(Boolean)).toHaveLength(1)
  expect(await under(trader)).toBe('current')
})

test('one key stays one account’s through a rotation, before it is sealed anew and after', async () => {
  const [trader, other] = [await floor.trader({ market: 'spot' }), await floor.trader({ market: 'spot' })]
  const { userId } = other.account
  const wanted = { userId, exchange: 'binance', market: 'spot', mode: 'paper', quote: 'USDT' } as const
  const key = { apiKey: trader.apiKey, secret: trader.secret }
  const refusals = (ring: KeyRing) => {
    const knowing = { ...parts, keys: ring }
    const asked = [
      connectAccount(knowing, { ...wanted, name: 'thief' }, key),
      replaceKey(knowing, other.account.id, key),
    ]
    return Promise.all(asked.map((each) => each.catch((error: unknown) => error)))
  }
  const before = await refusals(rotated)
  expect(await resealKey(desk, trader.account.id)).toBe(true)
  // In the end nobody knows the previous key any more.
  for (const refusal of [...before, ...(await refusals(rotated)), ...(await refusals(keyRing(newer)))]) {
    expect(refusal).toBeInstanceOf(UserError)
    expect(String(refusal)).toMatch(/one key, one account/)
  }
})

test('a key that two accounts have come to share stays as it is, and the rest of its check goes on', async () => {
  const [trader, other] = [await floor.trader({ market: 'spot' }), await floor.trader({ market: 'spot' })]
  // What a process that knew the newer key alone stored for another account.
  const [fingerprint] = fingerprintsOf(rotated, 'binance', trader.apiKey)
  await database.query('update api_keys set fingerprint = $2 where account_id = $1', [
    other.account.id,
    fingerprint,
  ])
  const { sealed } = (await rowOf(trader)) as { sealed: unknown }
  const gateway = createGateway({ db, keys: rotated, simulatorUrl })
  const context = { ...desk, gateway } as unknown as JobContext
  expect(await checkKeyJob.run({ accountId: trader.account.id }, context, run)).toEqual({ kind: 'done' })
  expect(await rowOf(trader)).toMatchObject({ sealed, permissions: { canTrade: true } })
  await gateway.close()
})

test('the daily check seals under the current key, which alone then signs, and keeps what is known of the key', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const { id } = trader.account
  const gateway = createGateway({ db, keys: rotated, simulatorUrl })
  const context = { ...desk, gateway } as unknown as JobContext
  expect(await under(trader)).toBe('previous')
  expect(await checkKeyJob.run({ accountId: id }, context, run)).toEqual({ kind: 'done' })
  expect(await under(trader)).toBe('current')
  const told = await rowOf(trader)
  expect(await resealKey(desk, id)).toBe(false)
  expect(await rowOf(trader)).toEqual(told)
  expect(told).toMatchObject({ permissions: { canTrade: true, canWithdraw: false } })
  await gateway.close()

  const [alone, before] = [keyRing(newer), keys].map((ring) =>
    createGateway({ db, keys: ring, simulatorUrl }),
  )
  expect(await (await alone?.account(id))?.balances()).not.toEqual([])
  await expect(before?.account(id)).rejects.toThrow(OrderRejected)
  await Promise.all([alone?.close(), before?.close()])
})

test('whoever trades notices nothing, in whatever order processes learn of the new key', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const { id } = trader.account
  // The first round of a rolling start: the new key only opens. In the second the two are exchanged, process by process.
  const rings = [keyRing(secretKey, [newer]), rotated]
  const gateways = rings.map((ring) => createGateway({ db, keys: ring, simulatorUrl, wallNow: () => 0 }))
  const fresh = rings.map((ring) => () => createGateway({ db, keys: ring, simulatorUrl }))
  for (let round = 0; round < 6; round += 1) {
    const ring = rings[round % 2] ?? rotated
    const asked = gateways.map(async (gateway) => (await gateway.account(id)).balances())
    await Promise.all([resealKey({ ...desk, keys: ring }, id), ...asked])
    for (const create of fresh) {
      const gateway = create()
      expect(await (await gateway.account(id)).keyPermissions()).toMatchObject({ canTrade: true })
      await gateway.close()
    }
  }
  expect(await under(trader)).toBe('current')
  await Promise.all(gateways.map((gateway) => gateway.close()))
})

test('a key that was revoked is told as such also when it was just sealed anew', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const { id } = trader.account
  const gateway = createGateway({ db, keys: rotated, simulatorUrl })
  const context = { ...desk, gateway } as unknown as JobContext
  await (await gateway.account(id)).balances() // opened as the previous key sealed it
  simulator.hand({ apiKey: trader.apiKey, do: 'revoke-key' })
  // The first refusal may be of what was opened before, and is asked again with what is sealed now.
  await expect(checkKeyJob.run({ accountId: id }, context, run)).rejects.toThrow(/has been replaced/)
  expect(await findAccount(db, id)).toMatchObject({ status: 'active' })
  expect(await checkKeyJob.run({ accountId: id }, context, run)).toMatchObject({
    note: expect.stringMatching(/refuses/),
  })
  expect(await findAccount(db, id)).toMatchObject({ status: 'paused' })
  await gateway.close()
})
