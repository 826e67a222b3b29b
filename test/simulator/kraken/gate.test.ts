import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, errorIn, type KrakenBench, keys, startKraken } from './support/bench.ts'

describe('who may ask', () => {
  let bench: KrakenBench
  beforeAll(async () => {
    bench = await startKraken([], { enforceLimits: true, settings: { tier: 'pro' } })
  })
  afterAll(() => bench.stop())
  const url = () => bench.simulator.url

  test('a key that nobody has, a secret that is not its own, a signature that is none: HTTP 200 and a text', async () => {
    const stranger = { ...keys, apiKey: 'nobodys-key-for-tests' }
    const answer = await ask(url(), 'Balance', {}, { own: stranger })
    expect([answer.status, errorIn(answer)]).toEqual([200, 'EAPI:Invalid key'])
    const wrong = { ...keys, secret: Buffer.from('another secret').toString('base64') }
    expect(errorIn(await ask(url(), 'Balance', {}, { own: wrong }))).toBe('EAPI:Invalid signature')
    expect(errorIn(await ask(url(), 'Balance', {}, { sign: '' }))).toBe('EAPI:Invalid signature')
    expect(errorIn(await ask(url(), 'Balance', {}, { sign: 'AAAA' }))).toBe('EAPI:Invalid signature')
  })

  test('a body that was changed after signing is refused', async () => {
    const response = await fetch(`${url()}/0/private/Balance`, {
      method: 'POST',
      headers: { 'api-key': keys.apiKey, 'api-sign': 'x'.repeat(88) },
      body: `nonce=${Date.now() * 1000}&asset=ZUSD`,
    })
    expect(await response.json()).toEqual({ error: ['EAPI:Invalid signature'] })
  })

  test('a number is taken once, and none below it ever again', async () => {
    const nonce = String(Date.now() * 1_000_000)
    const own = { ...keys, apiKey: 'nonce-key-for-tests' }
    bench.simulator.addAccount({ venue: 'kraken', ...own, balances: { USDT: '1' } })
    const with_ = (text: string) => ask(url(), 'Balance', {}, { own, nonce: text }).then(errorIn)
    expect(await with_(nonce)).toBeUndefined()
    expect(await with_(nonce)).toBe('EAPI:Invalid nonce')
    expect(await with_(String(Date.now() * 1000))).toBe('EAPI:Invalid nonce')
    for (const bad of ['', 'abc', '-5', '1.5', '18446744073709551616'])
      expect(await with_(bad)).toBe('EAPI:Invalid nonce')
    expect(await with_('18446744073709551615')).toBeUndefined()
    expect(await with_('18446744073709551615')).toBe('EAPI:Invalid nonce')
  })

  test('a call that is refused for its signature leaves the number free', async () => {
    const own = { ...keys, apiKey: 'unburnt-key-for-tests' }
    bench.simulator.addAccount({ venue: 'kraken', ...own, balances: { USDT: '1' } })
    const nonce = '1000'
    expect(errorIn(await ask(url(), 'Balance', {}, { own, nonce, sign: 'AAAA' }))).toBe(
      'EAPI:Invalid signature',
    )
    expect(errorIn(await ask(url(), 'Balance', {}, { own, nonce }))).toBeUndefined()
  })

  test('methods that do not exist, and private ones by GET', async () => {
    expect(errorIn(await ask(url(), 'Withdraw'))).toBe('EGeneral:Unknown method')
    expect(errorIn(await ask(url(), 'constructor'))).toBe('EGeneral:Unknown method')
    expect(errorIn(await ask(url(), 'Balance', {}, { verb: 'GET' }))).toBe('EGeneral:Unknown method')
  })

  test('an account of another venue is nobody here', async () => {
    const own = { ...keys, apiKey: 'binance-key-for-tests' }
    bench.simulator.addAccount({ venue: 'binance', market: 'spot', ...own, balances: {} })
    expect(errorIn(await ask(url(), 'Balance', {}, { own }))).toBe('EAPI:Invalid key')
  })

  test('a key does what it is allowed, and says so', async () => {
    const own = { ...keys, apiKey: 'reading-key-for-tests' }
    const settings = { permissions: 'query-funds,query-ledger', enableWithdrawals: 'true' }
    bench.simulator.addAccount({ venue: 'kraken', ...own, balances: { USDT: '1' }, settings })
    const asked = (method: string) => ask(url(), method, {}, { own })
    expect((await asked('GetApiKeyInfo')).result).toMatchObject({
      permissions: ['query-funds', 'query-ledger', 'withdraw-funds'],
    })
    expect((await asked('Balance')).result).toEqual({ USDT: '1.00000000' })
    for (const method of [
      'AddOrder',
      'CancelOrder',
      'CancelAll',
      'OpenOrders',
      'ClosedOrders',
      'TradesHistory',
    ])
      expect(errorIn(await asked(method))).toBe('EGeneral:Permission denied')
    const usual = await ask(url(), 'GetApiKeyInfo')
    expect(usual.result.permissions).toContain('modify-trades')
    expect(usual.result.permissions).not.toContain('withdraw-funds')
  })

  test('a revoked key is nobody', async () => {
    const own = { ...keys, apiKey: 'revoked-key-for-tests' }
    bench.simulator.addAccount({ venue: 'kraken', ...own, balances: { USDT: '1' } })
    bench.simulator.hand({ apiKey: own.apiKey, do: 'revoke-key' })
    expect(errorIn(await ask(url(), 'Balance', {}, { own }))).toBe('EAPI:Invalid key')
    bench.simulator.hand({ apiKey: own.apiKey, do: 'restore-key' })
    expect(errorIn(await ask(url(), 'Balance', {}, { own }))).toBeUndefined()
  })
})

describe('how often', () => {
  let bench: KrakenBench
  let wallMs = Date.UTC(2026, 0, 1)
  beforeAll(async () => {
    bench = await startKraken([], { enforceLimits: true, wallNow: () => wallMs })
  })
  afterAll(() => bench.stop())
  const asked = (method: string, parameters = {}) =>
    ask(bench.simulator.url, method, parameters).then(errorIn)
  const times = async (count: number, call: () => Promise<string | undefined>) => {
    const errors: (string | undefined)[] = []
    for (let k = 0; k < count; k += 1) errors.push(await call())
    return errors
  }

  test('twenty calls, and one more each two seconds; histories count twice', async () => {
    expect((await times(20, () => asked('Balance'))).every((error) => error === undefined)).toBe(true)
    expect(await asked('Balance')).toBe('EAPI:Rate limit exceeded')
    wallMs += 2_000
    expect(await asked('Balance')).toBeUndefined()
    expect(await asked('Balance')).toBe('EAPI:Rate limit exceeded')
    wallMs += 3_990
    expect(await asked('TradesHistory')).toBe('EAPI:Rate limit exceeded')
    wallMs += 10
    expect(await asked('TradesHistory')).toBeUndefined()
  })

  test('orders have a counter of their own per pair, and a young order is dear to take back', async () => {
    wallMs += 600_000
    const limit = { pair: 'XBTUSDT', type: 'buy', ordertype: 'limit', volume: '0.0001', price: '20000' }
    const cancel = (id: string) => asked('CancelOrder', { cl_ord_id: id })
    const cycle = async (k: number) => [
      await asked('AddOrder', { ...limit, cl_ord_id: `order-${k}` }),
      await cancel(`order-${k}`),
    ]
    const cycles: (string | undefined)[][] = []
    for (let k = 0; k < 13; k += 1) cycles.push(await cycle(k)) // nine each: 117 of 125
    expect(cycles.flat().every((error) => error === undefined)).toBe(true)
    expect(await cycle(13)).toEqual([undefined, 'EOrder:Rate limit exceeded'])
    // Another pair is not concerned, and an order that has stood for five minutes costs nothing to take back.
    const other = { ...limit, pair: 'ETHUSDT', price: '1000', volume: '0.01', cl_ord_id: 'other' }
    expect(await asked('AddOrder', other)).toBeUndefined()
    wallMs += 300_000
    expect(await cancel('order-13')).toBeUndefined()
  })

  test('eighty orders may stand on a pair', async () => {
    wallMs += 3_600_000
    const limit = { pair: 'XBTUSDT', type: 'buy', ordertype: 'limit', volume: '0.0001', price: '20000' }
    expect((await times(80, () => asked('AddOrder', limit))).every((error) => error === undefined)).toBe(true)
    expect(await asked('AddOrder', limit)).toBe('EOrder:Orders limit exceeded')
    await asked('CancelAll')
  })

  test('who keeps calling with a bad signature is locked out for fifteen minutes, from that address', async () => {
    const bad = () => ask(bench.simulator.url, 'Balance', {}, { sign: 'AAAA' }).then(errorIn)
    expect(await times(10, bad)).toEqual(Array.from({ length: 10 }, () => 'EAPI:Invalid signature'))
    expect(await asked('Balance')).toBe('EGeneral:Temporary lockout')
    wallMs += 15 * 60_000 - 1
    expect(await asked('Balance')).toBe('EGeneral:Temporary lockout')
    wallMs += 1
    expect(await asked('Balance')).toBeUndefined()
  })
})
