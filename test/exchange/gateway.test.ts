import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage } from 'node:http'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { OrderOutcomeUnknown, OrderRejected, VenueUnavailable } from '#src/errors.ts'
import { createGateway } from '#src/exchange/gateway.ts'
import { approve, type OrderRequest } from '#src/exchange/order-request.ts'
import type { VenueAccount } from '#src/exchange/venue-account.ts'
import { keys, openFloor } from '#test/support/floor.ts'

const floor = await openFloor()

// What the venue said to one test does not hold the next one back.
beforeEach(() => floor.database.query('delete from venue_budgets'))

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

test('accounts that send at the same time over one shared class sign with their own keys', async () => {
  const traders = await Promise.all(Array.from({ length: 8 }, () => floor.trader({ market: 'spot' })))
  const orders = await Promise.all(
    traders.flatMap(async ({ account }) => {
      const venue = await floor.gateway.account(account.id)
      return Promise.all(Array.from({ length: 5 }, () => venue.placeOrder(approve(request(), now()))))
    }),
  )
  for (const [index, trader] of traders.entries()) {
    const [truth] = floor.simulator.ledger(trader.apiKey).accounts
    expect(truth?.orders.map((order) => order.clientOrderId).sort()).toEqual(
      orders[index]?.map((order) => order.clientOrderId).sort(),
    )
  }
})

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
  const sent = new URLSearchParams(seen.orders[0]?.body)
  expect(seen.orders).toHaveLength(1)
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

/** Runs something against a server that writes down the orders it passes on to the simulator. */
async function recording<T>(run: (url: string) => Promise<T>) {
  const orders: { path: string; body: string }[] = []
  const server = createServer(async (incoming, outgoing) => {
    const body = await textOf(incoming)
    if (incoming.method === 'POST' && incoming.url?.endsWith('/order'))
      orders.push({ path: incoming.url, body })
    const answer = await forward(incoming, body)
    outgoing.writeHead(answer.status, { 'content-type': 'application/json' }).end(await answer.text())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const result = await run(`http://127.0.0.1:${port}`)
  server.closeAllConnections()
  server.close()
  return { orders, result }
}

async function forward(incoming: IncomingMessage, known?: string): Promise<Response> {
  const body = known ?? (await textOf(incoming))
  return fetch(`${floor.simulator.url}${incoming.url}`, {
    method: incoming.method ?? 'GET',
    headers: {
      'x-mbx-apikey': String(incoming.headers['x-mbx-apikey'] ?? ''),
      'content-type': String(incoming.headers['content-type'] ?? 'text/plain'),
    },
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
