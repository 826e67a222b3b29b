import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { roundPrice } from '#src/domain/market-filters.ts'
import { OrderOutcomeUnknown, OrderRejected, VenueUnavailable } from '#src/errors.ts'
import type { FeedPlace } from '#src/exchange/feeds.ts'
import { createGateway } from '#src/exchange/gateway.ts'
import { approve, type OrderRequest } from '#src/exchange/order-request.ts'
import type { VenueAccount } from '#src/exchange/venue-account.ts'
import { runningClock } from '#src/simulator/clock.ts'
import { keys, openFloor } from '#test/support/floor.ts'

/** What the clocks say while they stand still; a test on a busy machine is then late for nothing. */
let stillAt: number | undefined
const wallNow = () => stillAt ?? Date.now()
const running = runningClock({ marketMs: Date.now(), speed: 1, endsAt: Number.POSITIVE_INFINITY })
const floor = await openFloor({ clock: { ...running, wallNow } })

// What the venue said to one test does not hold the next one back.
beforeEach(() => {
  stillAt = undefined
  return floor.database.query('delete from venue_budgets')
})

const now = () => ({ wallMs: Date.now(), monotonicMs: performance.now() })
const request = (change: Partial<OrderRequest> = {}): OrderRequest => ({
  symbol: 'BTC/USDT',
  side: 'buy',
  type: 'market',
  quantity: '0.001',
  clientOrderId: randomBytes(16).toString('hex'),
  isReduceOnly: false,
  ...change,
})

test('an account is opened once a minute, and its connection is shared by all on the market', async () => {
  const [one, two] = [await floor.trader({ market: 'spot' }), await floor.trader({ market: 'spot' })]
  const opened = await floor.gateway.account(one.account.id)
  await floor.database.query(`update api_keys set sealed = '{}' where account_id = $1`, [one.account.id])
  expect(await floor.gateway.account(one.account.id)).toBe(opened)
  expect(await floor.gateway.account(two.account.id)).not.toBe(await floor.gateway.account(one.account.id))
})

test.each([
  { exchange: 'binance', market: 'spot' },
  { exchange: 'binance', market: 'futures' },
  { exchange: 'bybit', market: 'spot' },
  { exchange: 'bybit', market: 'futures' },
  { exchange: 'kraken', market: 'spot' },
] as const)(
  'accounts that ask at the same time over one shared class sign with their own keys: $exchange $market',
  async (place) => {
    const owned = Array.from({ length: 8 }, (_, i) => String(1_000_000 + i))
    const traders = await Promise.all(owned.map((USDT) => floor.trader({ ...place, balances: { USDT } })))
    const limit = await belowTheMarket(place)
    const claimedAt = { wallMs: Date.now(), monotonicMs: Number.POSITIVE_INFINITY }
    stillAt = claimedAt.wallMs
    const { requests, result } = await recording(async (url) => {
      const gateway = createGateway({ db: floor.db, keys, simulatorUrl: async () => url, wallNow })
      const venues = await Promise.all(traders.map(({ account }) => gateway.account(account.id)))
      await Promise.all(venues.map((venue) => venue.serverTime()))
      const answers = await Promise.all(
        venues.map(async (venue) => {
          const [one, two] = [approve(request(limit), claimedAt), approve(request(limit), claimedAt)]
          const { symbol } = one
          const [, , early] = await Promise.all([
            venue.placeOrder(one),
            venue.placeOrder(two),
            venue.balances(),
            venue.keyPermissions(),
          ])
          const [found, open, late] = await Promise.all([
            venue.orderByClientId({ symbol, clientOrderId: one.clientOrderId }),
            venue.openOrders(symbol),
            venue.balances(),
            venue.ordersSince(symbol, claimedAt.wallMs - 60_000),
          ])
          await venue.cancelOrder({ symbol, clientOrderId: two.clientOrderId })
          return { ids: [one.clientOrderId, two.clientOrderId].sort(), found, open, totals: [early, late] }
        }),
      )
      await gateway.close()
      return answers
    })
    const signed = requests.filter(({ key }) => key !== undefined)
    const asked = traders.map(({ apiKey }) =>
      signed.filter(({ key }) => key === apiKey).map(({ path }) => path.split('?', 1)[0]),
    )
    expect(asked.flat()).toHaveLength(signed.length)
    for (const [i, { ids, found, open, totals }] of result.entries()) {
      const own = traders[i]?.apiKey ?? ''
      const about = signed.filter(({ path, body }) => ids.some((id) => `${path} ${body}`.includes(id)))
      expect(about.length).toBeGreaterThanOrEqual(4) // two sends, a question, a cancel
      expect(new Set(about.map(({ key }) => key))).toEqual(new Set([own]))
      expect(asked[i]?.toSorted()).toEqual(asked[0]?.toSorted())
      const [truth] = floor.simulator.ledger(own).accounts
      expect(truth?.orders.map((order) => order.clientOrderId).sort()).toEqual(ids)
      expect(ids).toContain(found?.clientOrderId)
      expect(open.map((order) => order.clientOrderId).sort()).toEqual(ids)
      for (const balances of totals)
        expect(Number(balances.find(({ currency }) => currency === 'USDT')?.total)).toBe(Number(owned[i]))
    }
  },
)

/** A buy that rests: 3 % below the price. */
async function belowTheMarket(place: Pick<FeedPlace, 'exchange' | 'market'>): Promise<Partial<OrderRequest>> {
  const symbol = place.market === 'spot' ? 'BTC/USDT' : 'BTC/USDT:USDT'
  const feed = floor.desk.feedOf({ ...place, mode: 'paper' })
  const [filters, prices] = await Promise.all([feed.filters(symbol), feed.prices()])
  if (!filters) throw new Error(`${symbol} is not listed`)
  const price = roundPrice((prices.get(symbol) ?? Number.NaN) * 0.97, filters)
  return { symbol, type: 'limit', price, quantity: '0.01' }
}

test('an order that comes to be written late is not written', async () => {
  const { account, apiKey } = await floor.trader({ market: 'spot' })
  const venue = await floor.gateway.account(account.id)
  const claimed = now()
  for (const late of [
    { ...claimed, wallMs: claimed.wallMs - 1_600 },
    { ...claimed, monotonicMs: claimed.monotonicMs - 1_600 },
  ])
    await expect(venue.placeOrder(approve(request(), late))).rejects.toThrow(VenueUnavailable)
  expect(floor.simulator.ledger(apiKey).accounts[0]?.orders).toEqual([])
})

test('the signed time is the time of the claim, and its window is short', async () => {
  const { account } = await floor.trader({ market: 'futures' })
  const venue = await floor.gateway.account(account.id)
  await venue.serverTime()
  const seen = await recording(async (url) => {
    const gateway = createGateway({ db: floor.db, keys, simulatorUrl: async () => url })
    const over = await gateway.account(account.id)
    const claimedAt = { ...now(), wallMs: Date.now() - 900 }
    await over.placeOrder(approve(request({ symbol: 'BTC/USDT:USDT', quantity: '0.01' }), claimedAt))
    await gateway.close()
    return claimedAt
  })
  const orders = seen.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/order'))
  const sent = new URLSearchParams(orders[0]?.body)
  expect(orders).toHaveLength(1)
  expect(Math.abs(Number(sent.get('timestamp')) - seen.result.wallMs)).toBeLessThan(100)
  expect(sent.get('recvWindow')).toBe('3000')
  expect(sent.get('newClientOrderId')).toMatch(/^[0-9a-f]{32}$/)
})

test('reduce-only is refused on spot before anything is sent', async () => {
  const { account, apiKey } = await floor.trader({ market: 'spot' })
  const venue = await floor.gateway.account(account.id)
  const order = approve(request({ side: 'sell', isReduceOnly: true }), now())
  await expect(venue.placeOrder(order)).rejects.toMatchObject({
    code: 'reduce-only-not-valid',
    advice: 'spot: use margin or futures',
  })
  expect(floor.simulator.ledger(apiKey).accounts[0]?.orders).toEqual([])
})

/** What a venue answers to an order, and what it proves. */
const answers: [
  what: string,
  status: number,
  body: string,
  proves: 'rejected' | 'not now' | 'unknown',
  code?: string,
][] = [
  [
    'insufficient balance',
    400,
    '{"code":-2010,"msg":"Account has insufficient balance for requested action."}',
    'rejected',
    'insufficient-funds',
  ],
  ['a filter', 400, '{"code":-1013,"msg":"Filter failure: LOT_SIZE"}', 'rejected', 'filter'],
  [
    'no permission, which the library takes for a flood',
    401,
    '{"code":-2015,"msg":"Invalid API-key, IP, or permissions for action."}',
    'rejected',
    'invalid-key',
  ],
  [
    'reduce-only refused',
    400,
    '{"code":-2022,"msg":"ReduceOnly Order is rejected."}',
    'rejected',
    'reduce-only-not-valid',
  ],
  [
    'a late timestamp',
    400,
    '{"code":-1021,"msg":"Timestamp for this request is outside of the recvWindow."}',
    'not now',
    'clock-skew',
  ],
  ['too many requests', 429, '{"code":-1003,"msg":"Too many requests."}', 'not now', 'rate-limited'],
  ['too many orders', 429, '{"code":-1015,"msg":"Too many new orders."}', 'not now', 'rate-limited'],
  ['a ban', 418, '{"code":-1003,"msg":"Way too many requests; IP banned."}', 'not now', 'rate-limited'],
  [
    'a duplicate on spot: the first one is there',
    400,
    '{"code":-2010,"msg":"Duplicate order sent."}',
    'unknown',
  ],
  ['a duplicate on futures', 400, '{"code":-4116,"msg":"ClientOrderId is duplicated."}', 'unknown'],
  [
    'status unknown',
    504,
    '{"code":-1007,"msg":"Timeout waiting for response from backend server."}',
    'unknown',
  ],
  ['an internal error', 500, '{"code":-1000,"msg":"An unknown error occurred."}', 'unknown'],
  ['overload', 503, '{"code":-1008,"msg":"Server is currently overloaded."}', 'unknown'],
  [
    'a refusal behind a server error',
    503,
    '{"code":-2010,"msg":"Account has insufficient balance."}',
    'unknown',
  ],
  ['a code that is on no list', 400, '{"code":-9999,"msg":"Something new."}', 'unknown'],
  ['an empty refusal', 400, '{}', 'unknown'],
  ['not found', 404, '{}', 'unknown'],
  ['a firewall', 403, '<html>blocked</html>', 'unknown'],
  ['a gateway error', 502, '<html>bad gateway</html>', 'unknown'],
  ['an empty success', 200, '', 'unknown'],
  ['a success in HTML', 200, '<html>welcome</html>', 'unknown'],
  ['a success without an order', 200, '{}', 'unknown'],
  ['a success cut off', 200, '{"symbol":"BTCUSDT","orderId":28,', 'unknown'],
  [
    'another order',
    200,
    '{"symbol":"BTCUSDT","orderId":28,"clientOrderId":"other","side":"BUY","status":"FILLED"}',
    'unknown',
  ],
]

test.each(answers)('%s (HTTP %i) is told for what it proves', async (_, status, body, proves, code) => {
  const { account } = await floor.trader({ market: 'spot' })
  const { url, gateway } = await answering(status, body)
  const venue: VenueAccount = await gateway.account(account.id)
  url.isAnswering = true
  const classes = { rejected: OrderRejected, 'not now': VenueUnavailable, unknown: OrderOutcomeUnknown }
  const error = await venue.placeOrder(approve(request(), now())).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(classes[proves])
  if (code !== undefined) expect(error).toMatchObject({ code })
  if (status === 418 || status === 429)
    expect(error).toMatchObject({ retryAfterMs: 7_000, whose: body.includes('-1015') ? 'account' : 'ip' })
  expect((error as Error).message).not.toMatch(/signature|secret/)
  await gateway.close()
})

/** A gateway whose order requests get one answer; everything else comes from the simulator. */
async function answering(status: number, body: string) {
  const url = { isAnswering: false }
  const server = createServer(async (incoming, outgoing) => {
    if (url.isAnswering && incoming.method === 'POST') {
      outgoing.writeHead(status, { 'content-type': 'application/json', 'retry-after': '7' }).end(body)
      return
    }
    const answer = await forward(incoming)
    outgoing.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => void server.close())
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const gateway = createGateway({
    db: floor.db,
    keys,
    simulatorUrl: async () => `http://127.0.0.1:${port}`,
  })
  return { url, gateway }
}

/** Runs something against a server that writes down the requests it passes on to the simulator, and whose keys they carry. */
async function recording<T>(run: (url: string) => Promise<T>) {
  const requests: { method: string; path: string; body: string; key: string | undefined }[] = []
  const server = createServer(async (incoming, outgoing) => {
    const body = await textOf(incoming)
    const { method = 'GET', url: path = '/', headers } = incoming
    const key = headers['x-mbx-apikey'] ?? headers['x-bapi-api-key'] ?? headers['api-key']
    requests.push({ method, path, body, key: key === undefined ? undefined : String(key) })
    const answer = await forward(incoming, body)
    outgoing.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const result = await run(`http://127.0.0.1:${port}`)
  server.closeAllConnections()
  server.close()
  return { requests, result }
}

async function forward(incoming: IncomingMessage, known?: string): Promise<Response> {
  const body = known ?? (await textOf(incoming))
  const { host: _, connection: __, 'content-length': ___, ...headers } = incoming.headers
  return fetch(`${floor.simulator.url}${incoming.url}`, {
    method: incoming.method ?? 'GET',
    headers: headers as Record<string, string>,
    ...(body !== '' && { body }),
  })
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

test('a leverage that is decided as 2.5 is set as 2: venues take whole numbers, and it is a maximum', async () => {
  const { account, apiKey } = await floor.trader({ market: 'futures' })
  const venue = await floor.gateway.account(account.id)
  await venue.prepareEntry({ symbol: 'BTC/USDT:USDT', leverage: 2.5 })
  const order = request({ symbol: 'BTC/USDT:USDT', quantity: '0.01' })
  await venue.placeOrder(approve(order, now()))
  const { margin } = await venue.holdings()
  const [truth] = floor.simulator.ledger(apiKey).accounts
  const cost = Number(truth?.orders[0]?.fills[0]?.quoteQuantity)
  expect(Number(margin?.initialMargin) / cost).toBeCloseTo(0.5, 1)
})
