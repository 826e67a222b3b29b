import { afterAll, beforeAll, expect, test } from 'vitest'
import { control } from '#src/simulator/control.ts'
import { type Bench, spotKeys, startBench } from './support/market.ts'

let bench: Bench
beforeAll(async () => {
  bench = await startBench()
})
afterAll(() => bench.simulator.stop())

const post = async (body: string) => {
  const response = await fetch(`${bench.simulator.url}/__sim/accounts`, { method: 'POST', body })
  return [response.status, await response.json()]
}
const seed = {
  venue: 'binance',
  market: 'spot',
  apiKey: 'created-key',
  secret: 'created-secret',
  balances: { USDT: '7' },
}

test('other machines and browser pages are refused', async () => {
  const answer = control({} as Parameters<typeof control>[0])
  const request = { method: 'GET', path: '/__sim/ledger', query: '', body: '', headers: {} }
  for (const ip of ['10.0.0.7', '::ffff:192.168.1.4', '128.0.0.1', '']) {
    expect(answer({ ...request, ip }).status, ip).toBe(403)
  }
  expect(answer({ ...request, ip: '127.0.0.1', headers: { origin: 'http://localhost:3000' } }).status).toBe(
    403,
  )
})

test('an account that makes no sense is refused with the field that does not', async () => {
  expect(await post('{')).toEqual([400, { error: expect.stringContaining('JSON') }])
  expect(await post(JSON.stringify({ ...seed, market: 'options' }))).toEqual([
    400,
    { error: expect.stringContaining('market') },
  ])
  expect(await post(JSON.stringify({ ...seed, balances: { USDT: '-5' } }))).toEqual([
    400,
    { error: expect.stringContaining('balances.USDT') },
  ])
})

test('an account is created once, and no answer ever holds its secret', async () => {
  const answer = [200, { venue: 'binance', market: 'spot', apiKey: 'created-key' }]
  expect(await post(JSON.stringify(seed))).toEqual(answer)
  expect(await post(JSON.stringify({ ...seed, balances: { USDT: '9' } }))).toEqual(answer)
  const text = await (await fetch(`${bench.simulator.url}/__sim/ledger`)).text()
  expect(text).not.toContain('secret')
  const one = await (await fetch(`${bench.simulator.url}/__sim/ledger?apiKey=created-key`)).json()
  expect(one).toEqual({
    accounts: [
      {
        venue: 'binance',
        market: 'spot',
        apiKey: 'created-key',
        balances: { USDT: { free: '7', locked: '0' } },
        positions: [],
        orders: [],
        transfers: [],
        hands: [],
        isRevoked: false,
      },
    ],
  })
})

test('the ledger tells every order and fill', async () => {
  const order = await bench.spot.createOrder('BTC/USDT', 'market', 'buy', 0.001, undefined, {
    clientOrderId: 'told',
  })
  const { accounts } = bench.simulator.ledger(spotKeys.apiKey)
  expect(accounts[0]?.orders[0]).toMatchObject({
    symbol: 'BTC/USDT',
    orderId: Number(order.id),
    clientOrderId: 'told',
    side: 'buy',
    type: 'MARKET',
    status: 'filled',
    quantity: '0.001',
    filled: '0.001',
    fills: [
      {
        quantity: '0.001',
        fee: '0.000001',
        feeCurrency: 'BTC',
        maker: false,
        marketTime: bench.clock.marketNow(),
      },
    ],
  })
})

test('what nobody asks for is not there', async () => {
  expect((await fetch(`${bench.simulator.url}/__sim/anything`)).status).toBe(404)
})
