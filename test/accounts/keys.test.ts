import { randomBytes, randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { findAccount, setAccountStatus } from '#db/accounts.ts'
import { findSealedKey } from '#db/api-keys.ts'
import { reconciliationOf } from '#db/reconciliations.ts'
import { checkKey } from '#src/accounts/check-key.ts'
import { replaceKey } from '#src/accounts/replace-key.ts'
import { UserError, VenueUnavailable } from '#src/errors.ts'
import { approve, type OrderRequest } from '#src/exchange/order-request.ts'
import { pauseOnBadKey } from '#src/orders/bad-key.ts'
import { keys, openFloor, type Trader } from '#test/support/floor.ts'

const floor = await openFloor()
const { db, database, simulator, gateway, desk } = floor
const parts = { db, keys, simulatorUrl: async () => simulator.url, actor: 'test' }

const order = () =>
  approve<OrderRequest>(
    {
      symbol: 'BTC/USDT',
      side: 'buy',
      type: 'market',
      quantity: '0.01',
      clientOrderId: randomBytes(16).toString('hex'),
      isReduceOnly: false,
    },
    { wallMs: Date.now(), monotonicMs: performance.now() },
  )

/** A key that the venue knows, with money behind it. */
function newKey(settings: Readonly<Record<string, string>> = {}) {
  const key = { apiKey: `key-${randomUUID()}`, secret: `secret-${randomUUID()}` }
  simulator.addAccount({ venue: 'binance', market: 'spot', ...key, balances: { USDT: '1000' }, settings })
  return key
}

const alarmsOf = ({ account }: Trader) =>
  database.query<{ action: string }>('select action from audit_log where target = $1 order by id', [
    account.id,
  ])

test('a key is replaced while workers trade with it: what the old one was refused is asked again with the new one', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const { id } = trader.account
  const venue = await gateway.account(id)
  await venue.balances()
  const key = newKey()
  await replaceKey(parts, id, key)
  simulator.hand({ apiKey: trader.apiKey, do: 'revoke-key' })

  const refusal = await venue.placeOrder(order()).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(VenueUnavailable)
  expect(await pauseOnBadKey(desk, id, refusal)).toBe(false)
  const sent = await (await gateway.account(id)).placeOrder(order())
  expect(simulator.ledger(key.apiKey).accounts[0]?.orders.map(({ clientOrderId }) => clientOrderId)).toEqual([
    sent.clientOrderId,
  ])
  expect(simulator.ledger(trader.apiKey).accounts[0]?.orders).toEqual([])
  expect(await findAccount(db, id)).toMatchObject({ status: 'active' })
  expect(await reconciliationOf(db, id)).toMatchObject({ mustReconcile: true })
  expect(await alarmsOf(trader)).toEqual([{ action: 'account.replace-key' }])
})

test('a key that may withdraw, is unknown to the venue or belongs to another account is refused, and nothing has changed', async () => {
  const [trader, other] = [await floor.trader({ market: 'spot' }), await floor.trader({ market: 'spot' })]
  const { id } = trader.account
  const sealed = await findSealedKey(db, id)
  const refused = async (key: Parameters<typeof replaceKey>[2], reason: RegExp) => {
    const error = await replaceKey(parts, id, key).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(UserError)
    expect(String(error)).toMatch(reason)
    expect(String(error)).not.toContain(key.secret)
    expect(await findSealedKey(db, id)).toEqual(sealed)
  }
  await refused(newKey({ enableWithdrawals: 'true' }), /may withdraw/)
  await refused({ apiKey: 'nobody-s', secret: 'no-secret-of-anybody' }, /does not take this key/)
  await refused({ apiKey: other.apiKey, secret: 'secret-of-another' }, /belongs to another account/)
  expect(await alarmsOf(trader)).toEqual([])
})

test('another key ends the pause for the old one, and no pause of a person', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const { id } = trader.account
  simulator.hand({ apiKey: trader.apiKey, do: 'revoke-key' })
  expect(await checkKey(desk, id)).toBe('the venue refuses the key')
  expect(await findAccount(db, id)).toMatchObject({ status: 'paused' })
  expect(await replaceKey(parts, id, newKey())).toMatchObject({ status: 'active', statusReason: null })

  await setAccountStatus(db, id, 'paused', 'I am on holiday')
  expect(await replaceKey(parts, id, newKey())).toMatchObject({ status: 'paused' })
})

test('a key that may withdraw by now pauses its account at the next check, and the user is told once', async () => {
  const trader = await floor.trader({ market: 'spot', mayWithdraw: true })
  const { id } = trader.account
  for (let day = 0; day < 3; day += 1) expect(await checkKey(desk, id)).toMatch(/may withdraw/)
  expect(await findAccount(db, id)).toMatchObject({
    status: 'paused',
    statusReason: expect.stringContaining('may withdraw'),
  })
  expect(await alarmsOf(trader)).toEqual([{ action: 'key-unusable' }])
})

test('a check of a good key writes down what it may do, and a venue that is away changes nothing', async () => {
  const trader = await floor.trader({ market: 'spot' })
  const { id } = trader.account
  expect(await checkKey(desk, id)).toBeUndefined()
  const stored = () =>
    database.query('select permissions, checked_at is null as never from api_keys where account_id = $1', [
      id,
    ])
  const told = await stored()
  expect(told).toEqual([
    { permissions: { canTrade: true, canWithdraw: false, isIpRestricted: false }, never: false },
  ])
  simulator.faults.add({ rules: [{ fault: '5xx-not-executed', match: { request: 'account' } }] })
  await expect(checkKey(desk, id)).rejects.toThrow(VenueUnavailable)
  simulator.faults.remove()
  expect(await stored()).toEqual(told)
  expect(await findAccount(db, id)).toMatchObject({ status: 'active' })
})
