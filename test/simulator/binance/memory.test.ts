import { afterAll, expect, test } from 'vitest'
import { manualClock } from '#src/simulator/clock.ts'
import { startSimulator } from '#src/simulator/simulator.ts'
import { send } from '../support/client.ts'
import { futuresKeys, minuteMs, spotKeys, tapeOf } from '../support/market.ts'

const dayMs = 86_400_000
let wallMs = Date.UTC(2026, 0, 1)
const clock = manualClock(Date.UTC(2025, 0, 1) + 40 * minuteMs - 1_000, () => wallMs)
const simulator = await startSimulator({ tape: tapeOf([]), clock })
afterAll(() => simulator.stop())
simulator.addAccount({ venue: 'binance', market: 'spot', ...spotKeys, balances: { USDT: '10000' } })
simulator.addAccount({ venue: 'binance', market: 'futures', ...futuresKeys, balances: { USDT: '10000' } })

const markets = {
  spot: { keys: spotKeys, path: '/api/v3/order' },
  futures: { keys: futuresKeys, path: '/fapi/v1/order' },
} as const
type Market = keyof typeof markets

async function ask(market: Market, method: 'GET' | 'POST' | 'DELETE', parameters: Record<string, string>) {
  const { keys, path } = markets[market]
  const { answer } = await send(
    simulator.url,
    keys,
    method,
    path,
    { symbol: 'BTCUSDT', ...parameters },
    { timestamp: wallMs },
  )
  return answer
}

/** What the venue says of an order by its id: its status, or the code of its refusal. */
const sayOf = async (market: Market, origClientOrderId: string) => {
  const answer = await ask(market, 'GET', { origClientOrderId })
  return answer.status ?? answer.code
}

const limit = { side: 'BUY', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.01', price: '49000' }
const atMarket = { side: 'BUY', type: 'MARKET', quantity: '0.01' }

test('an order that ended long ago is put away or forgotten as the venue says, and one that rests never is', async () => {
  for (const market of ['spot', 'futures'] as const) {
    await ask(market, 'POST', { ...limit, newClientOrderId: 'rests' })
    await ask(market, 'POST', { ...limit, newClientOrderId: 'ended' })
    await ask(market, 'DELETE', { origClientOrderId: 'ended' })
    await ask(market, 'POST', { ...atMarket, newClientOrderId: 'filled' })
  }
  const said = async (market: Market) => [
    await sayOf(market, 'rests'),
    await sayOf(market, 'ended'),
    await sayOf(market, 'filled'),
  ]
  wallMs += 3 * dayMs
  expect(await said('futures')).toEqual(['NEW', 'CANCELED', 'FILLED'])
  wallMs += 1
  expect(await said('futures')).toEqual(['NEW', -2013, 'FILLED'])
  wallMs += 87 * dayMs - 1
  expect(await said('spot')).toEqual(['NEW', 'CANCELED', 'FILLED'])
  wallMs += 1
  expect(await said('spot')).toEqual(['NEW', -2026, 'FILLED'])
  expect(await said('futures')).toEqual(['NEW', -2013, -2013])
})
