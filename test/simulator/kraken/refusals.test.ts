import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ask, errorIn, type KrakenBench, startKraken, thrownBy } from './support/bench.ts'

const BTC = 'BTC/USDT'
const order = { pair: 'XBTUSDT', type: 'buy' }
const limit = { ...order, ordertype: 'limit', volume: '0.01', price: '49000' }
const market = { ...order, ordertype: 'market', volume: '0.01' }

const cases: [what: string, parameters: Record<string, string>, error: string][] = [
  ['less than the smallest order', { ...market, volume: '0.00004' }, 'EOrder:Order minimum not met'],
  [
    'a cost below the smallest',
    { ...limit, volume: '0.00005', price: '6000' },
    'EOrder:Cost minimum not met',
  ],
  ['nine digits of volume', { ...limit, volume: '0.010000001' }, 'EGeneral:Invalid arguments:volume'],
  ['a price off its tick', { ...limit, price: '49000.05' }, 'EOrder:Tick size check failed'],
  ['no volume', { ...order, ordertype: 'market' }, 'EGeneral:Invalid arguments:volume'],
  ['a volume of nothing', { ...market, volume: '0' }, 'EGeneral:Invalid arguments:volume'],
  ['a negative volume', { ...market, volume: '-1' }, 'EGeneral:Invalid arguments:volume'],
  ['a volume that is no plain number', { ...market, volume: '1e-2' }, 'EGeneral:Invalid arguments:volume'],
  ['no price', { ...order, ordertype: 'limit', volume: '0.01' }, 'EGeneral:Invalid arguments:price'],
  ['a price that is relative', { ...limit, price: '+5%' }, 'EGeneral:Invalid arguments:price'],
  ['a side it does not know', { ...limit, type: 'long' }, 'EGeneral:Invalid arguments:type'],
  ['a kind it does not know', { ...limit, ordertype: 'iceberg' }, 'EGeneral:Invalid arguments:ordertype'],
  ['a pair it does not know', { ...limit, pair: 'PEPEUSDT' }, 'EQuery:Unknown asset pair'],
  ['no pair', { ...limit, pair: '' }, 'EGeneral:Invalid arguments:pair'],
  ['a flag it does not know', { ...limit, oflags: 'posted' }, 'EGeneral:Invalid arguments:oflags'],
  ['both currencies for the fee', { ...limit, oflags: 'fcib,fciq' }, 'EGeneral:Invalid arguments:oflags'],
  ['a maker at market', { ...market, oflags: 'post' }, 'EGeneral:Invalid arguments:oflags'],
  ['a cost for a limit', { ...limit, oflags: 'viqc' }, 'EGeneral:Invalid arguments:viqc'],
  [
    'a time in force it does not know',
    { ...limit, timeinforce: 'DAY' },
    'EGeneral:Invalid arguments:timeinforce',
  ],
  ['an id of 19 letters', { ...limit, cl_ord_id: 'a'.repeat(19) }, 'EGeneral:Invalid arguments:cl_ord_id'],
  ['an id with a blank', { ...limit, cl_ord_id: 'a b' }, 'EGeneral:Invalid arguments:cl_ord_id'],
  [
    'an id and a reference',
    { ...limit, cl_ord_id: 'a', userref: '1' },
    'EGeneral:Invalid arguments:cl_ord_id',
  ],
  ['a reference beyond 32 bits', { ...limit, userref: '2147483648' }, 'EGeneral:Invalid arguments:userref'],
  ['leverage', { ...limit, leverage: '3' }, 'EOrder:Invalid leverage'],
  [
    'reduce-only, without a position',
    { ...limit, reduce_only: 'true' },
    'EGeneral:Invalid arguments:reduce_only',
  ],
  ['too little money', { ...limit, volume: '1' }, 'EOrder:Insufficient funds'],
  ['too little money at market', { ...market, volume: '0.2' }, 'EOrder:Insufficient funds'],
  // 10 000 buy it, and leave 0.4 % less than the fee.
  [
    'money for it and not for its fee',
    { ...limit, volume: '0.2', price: '49900' },
    'EOrder:Insufficient funds',
  ],
  ['too little to sell', { ...market, type: 'sell', volume: '1.1' }, 'EOrder:Insufficient funds'],
  ['a maker that would take', { ...limit, price: '50100', oflags: 'post' }, 'EOrder:Post only order'],
  [
    'a stop that is reached already',
    { ...order, type: 'sell', ordertype: 'stop-loss', volume: '0.01', price: '50100' },
    'EOrder:Invalid price',
  ],
  ['a price far away', { ...limit, price: '4000', volume: '0.1' }, 'EOrder:Invalid price'],
  ['a deadline that is none', { ...limit, deadline: 'soon' }, 'EGeneral:Invalid arguments:deadline'],
  [
    'a deadline in two minutes',
    { ...limit, deadline: new Date(Date.now() + 120_000).toISOString() },
    'EGeneral:Invalid arguments:deadline',
  ],
  [
    'a deadline that has passed',
    { ...limit, deadline: new Date(Date.now() - 1).toISOString() },
    'EService:Deadline elapsed',
  ],
]

describe('what the venue refuses, in its own words', () => {
  let bench: KrakenBench
  beforeAll(async () => {
    bench = await startKraken()
  })
  afterAll(() => bench.stop())

  test.each(cases)('%s', async (_, parameters, error) => {
    const answer = await ask(bench.simulator.url, 'AddOrder', parameters)
    expect([answer.status, answer.error, answer.result]).toEqual([200, [error], {}])
    expect(bench.account().orders).toEqual([])
    expect(bench.account().balances).toEqual({
      USDT: { free: '10000', locked: '0' },
      BTC: { free: '1', locked: '0' },
    })
  })

  test('cancelling and asking for what is not there', async () => {
    const asked = (method: string, parameters: Record<string, string>) =>
      ask(bench.simulator.url, method, parameters).then(errorIn)
    expect(await asked('CancelOrder', { txid: 'OUF4EM-FRGI2-MQMWZD' })).toBe('EOrder:Unknown order')
    expect(await asked('CancelOrder', { cl_ord_id: 'never-sent' })).toBe('EOrder:Unknown order')
    expect(await asked('CancelOrder', {})).toBe('EGeneral:Invalid arguments:txid')
    expect(await asked('QueryOrders', { txid: 'OUF4EM-FRGI2-MQMWZD' })).toBe('EOrder:Unknown order')
    expect(await asked('QueryTrades', { txid: 'TUF4EM-FRGI2-MQMWZD' })).toBe(
      'EGeneral:Invalid arguments:txid',
    )
    expect(await asked('QueryLedgers', { id: 'LUF4EM-FRGI2-MQMWZD' })).toBe('EGeneral:Invalid arguments:id')
    expect(await asked('ClosedOrders', { start: 'yesterday' })).toBe('EGeneral:Invalid arguments:start')
  })

  test('ccxt classes: the ones its users meet', async () => {
    const { client } = bench
    expect(await thrownBy(client.createOrder(BTC, 'market', 'buy', 1))).toBe(
      'InsufficientFunds EOrder:Insufficient funds',
    )
    expect(await thrownBy(client.createOrder(BTC, 'limit', 'buy', 0.01, 50_100, { postOnly: true }))).toBe(
      'ExchangeError EOrder:Post only order',
    )
    expect(await thrownBy(client.cancelOrder('OUF4EM-FRGI2-MQMWZD', BTC))).toMatch(/^OrderNotFound/)
    expect(await thrownBy(client.fetchOrder('OUF4EM-FRGI2-MQMWZD', BTC))).toBe(
      'InvalidOrder EOrder:Unknown order',
    )
  })
})

describe('what the documents leave open', () => {
  const twice = async (settings: Record<string, string>, parameters: Record<string, string>) => {
    const bench = await startKraken([], { settings })
    const send = () => ask(bench.simulator.url, 'AddOrder', { ...parameters, cl_ord_id: 'twice' })
    const [first, second] = [await send(), await send()]
    const orders = bench.account().orders.length
    await bench.stop()
    return { first, second: errorIn(second), orders }
  }

  test('lenient: an open id is refused, one whose order has been filled doubles it', async () => {
    expect(await twice({}, limit)).toMatchObject({ second: 'EOrder:cl_ord_id already in use', orders: 1 })
    expect(await twice({}, market)).toMatchObject({ second: undefined, orders: 2 })
  })

  test('strict: an id is never taken again, and the answer to an order names nothing', async () => {
    const settings = { rules: 'strict' }
    const { first, ...rest } = await twice(settings, limit)
    expect(rest).toEqual({ second: 'EGeneral:Invalid arguments:cl_ord_id', orders: 1 })
    expect(Object.keys(first.result)).toEqual(['descr', 'txid'])
    expect(await twice(settings, market)).toMatchObject({
      second: 'EGeneral:Invalid arguments:cl_ord_id',
      orders: 1,
    })
  })

  test('strict: a deadline must be two seconds ahead, and small volumes have another text', async () => {
    let wallMs = Date.now()
    const bench = await startKraken([], { settings: { rules: 'strict' }, wallNow: () => wallMs })
    const send = (parameters: Record<string, string>) =>
      ask(bench.simulator.url, 'AddOrder', { ...limit, ...parameters }).then(errorIn)
    const inMs = (ms: number) => ({ deadline: new Date(wallMs + ms).toISOString() })
    expect(await send(inMs(1_999))).toBe('EGeneral:Invalid arguments:deadline')
    expect(await send(inMs(2_000))).toBeUndefined()
    expect(await send(inMs(60_000))).toBeUndefined()
    wallMs += 5_000
    expect(await send({ deadline: new Date(wallMs - 1).toISOString() })).toBe('EService:Deadline elapsed')
    expect(await send({ volume: '0.00001' })).toBe('EGeneral:Invalid arguments:volume minimum not met')
    await bench.stop()
  })
})
