import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import type { AccountStream, StreamNews } from '#src/exchange/account-stream.ts'
import { approve, type OrderRequest } from '#src/exchange/order-request.ts'
import { openFloor, type Trader } from '#test/support/floor.ts'

const floor = await openFloor()
const open: AccountStream[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((stream) => stream.close()))
})

/** A trader who is listened to, once nothing is missed any more. */
async function listened(place: Parameters<typeof floor.trader>[0]) {
  const trader = await floor.trader(place)
  const news: StreamNews[] = []
  open.push(await floor.gateway.listen(trader.account.id, (one) => news.push(one)))
  const heard = async (isMeant: (one: StreamNews) => boolean, from = 0) => {
    while (!news.slice(from).some(isMeant)) await sleep(20)
  }
  await heard(({ kind }) => kind === 'whole')
  return { trader, news, heard }
}

async function place(trader: Trader, change: Partial<OrderRequest> = {}): Promise<string> {
  const venue = await floor.gateway.account(trader.account.id)
  const clientOrderId = randomBytes(16).toString('hex')
  await venue.serverTime()
  await venue.placeOrder(
    approve<OrderRequest>(
      {
        symbol: trader.symbol('BTC'),
        side: 'buy',
        type: 'market',
        quantity: '0.01',
        clientOrderId,
        isReduceOnly: false,
        ...change,
      },
      { wallMs: Date.now(), monotonicMs: performance.now() },
    ),
  )
  return clientOrderId
}

const of = (clientOrderId: string) => (one: StreamNews) =>
  one.kind === 'order' && one.clientOrderId === clientOrderId

test.each([
  { exchange: 'binance', market: 'spot' },
  { exchange: 'binance', market: 'futures' },
  { exchange: 'bybit', market: 'spot' },
  { exchange: 'bybit', market: 'futures' },
  { exchange: 'kraken', market: 'spot' },
] as const)('an account at $exchange $market hears of its orders and its money', async (at) => {
  const { trader, heard } = await listened(at)
  await place(trader)
  await heard(({ kind }) => kind === 'order')
  await heard(({ kind }) => kind === 'balance')
})

test.each(['spot', 'futures'] as const)(
  'a stream on %s that is cut says that it is lost, and is whole again by itself',
  async (market) => {
    const { trader, news, heard } = await listened({ market })
    const before = news.length
    floor.simulator.cutStreams('binance')
    await heard(({ kind }) => kind === 'lost', before)
    await heard(({ kind }) => kind === 'whole', before)
    await heard(of(await place(trader)))
  },
)

test('nobody hears of another account’s orders', async () => {
  const [one, two] = await Promise.all([listened({ market: 'spot' }), listened({ market: 'spot' })])
  const [first, second] = [await place(one.trader), await place(two.trader)]
  await Promise.all([one.heard(of(first)), two.heard(of(second))])
  expect(one.news.some(of(second))).toBe(false)
  expect(two.news.some(of(first))).toBe(false)
})
