import { createServer } from 'node:http'
import ccxt from 'ccxt'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Attempt, directRoute, loopbackOrigin, simulatorRoute } from '#src/exchange/route.ts'
import { withRawAnswers } from '#src/exchange/venue-class.ts'

/** Everything that reaches this machine's stand-in for the simulator, and for a proxy that must not be used. */
const seen: { origin: string | undefined; path: string | undefined }[] = []
let proxied = 0
const simulator = createServer((incoming, outgoing) => {
  seen.push({ origin: incoming.headers['x-sim-origin'] as string | undefined, path: incoming.url })
  outgoing.writeHead(200, { 'content-type': 'application/json' }).end('{}')
})
const proxy = createServer((_, outgoing) => {
  proxied += 1
  outgoing.writeHead(502).end()
}).on('connect', (_, socket) => {
  proxied += 1
  socket.end()
})

beforeAll(async () => {
  for (const server of [simulator, proxy])
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy', 'ALL_PROXY'])
    vi.stubEnv(name, urlOf(proxy))
  vi.stubEnv('NODE_USE_ENV_PROXY', '1')
  vi.stubEnv('NO_PROXY', '')
})
afterAll(() => {
  vi.unstubAllEnvs()
  for (const server of [simulator, proxy]) {
    server.closeAllConnections()
    server.close()
  }
})

const elsewhere = [
  'http://10.0.0.7:8080',
  'http://192.168.1.2',
  'http://api.binance.com',
  'https://127.0.0.1:8080',
  'http://127.0.0.1.example.com',
  'http://localhost.example.com',
  'http://0.0.0.0:8080',
  'http://[2001:db8::1]:80',
]

test.each(elsewhere)('a simulator at %s is refused: a paper request must not leave the machine', (url) => {
  expect(() => simulatorRoute(url)).toThrow(/this machine/)
})

test.each([
  ['http://127.0.0.1:8080/x', 'http://127.0.0.1:8080'],
  ['http://127.9.9.9:1', 'http://127.9.9.9:1'],
  ['http://localhost:8080', 'http://localhost:8080'],
  ['http://[::1]:8080', 'http://[::1]:8080'],
])('%s is on this machine', (url, origin) => {
  expect(loopbackOrigin(url)).toBe(origin)
})

const venues = ['binance', 'kraken', 'krakenfutures', 'bybit', 'okx', 'bitget'] as const

test.each(venues)(
  'every address that the %s class knows ends at the simulator, proxies or not',
  async (id) => {
    const route = simulatorRoute(urlOf(simulator))
    const client = new ccxt[id]({
      apiKey: 'k',
      secret: Buffer.from('secret').toString('base64'),
      password: 'p',
    })
    await client.loadFetchImplementation()
    const addresses = new Set(addressesIn(client.urls))
    expect(addresses.size).toBeGreaterThan(0)
    for (const address of addresses) {
      const attempt: Attempt = { reached: 'unasked' }
      client.fetchDispatcher = route.dispatcherFor(attempt)
      const before = seen.length
      // What the class makes of the answer does not matter: where the question went does.
      await client.fetch(`${address}/probe`, 'GET', {}).catch(() => {})
      expect(seen.slice(before)).toEqual([
        { origin: new URL(address).origin, path: expect.stringContaining('/probe') },
      ])
      expect(attempt.reached).toBe('left')
    }
    expect(proxied).toBe(0)
    await route.close()
  },
)

test('a refused write leaves no byte, and a broken connection says so', async () => {
  const route = simulatorRoute(urlOf(simulator))
  const client = new (withRawAnswers(ccxt.binance))({})
  await client.loadFetchImplementation()
  const refused: Attempt = { reached: 'unasked', guard: () => 'too late' }
  client.fetchDispatcher = route.dispatcherFor(refused)
  const before = seen.length
  await expect(client.fetch('https://api.binance.com/api/v3/order', 'POST', {}, 'a=1')).rejects.toThrow(
    'too late',
  )
  expect(refused.reached).toBe('refused')
  expect(seen.length).toBe(before)

  const nowhere: Attempt = { reached: 'unasked' }
  client.fetchDispatcher = directRoute().dispatcherFor(nowhere)
  await expect(client.fetch('http://127.0.0.1:9/x', 'GET', {})).rejects.toThrow()
  expect(nowhere.reached).toBe('connecting')
  await route.close()
})

test('an object derived from a loaded class signs with its own key', () => {
  const shared = new (withRawAnswers(ccxt.binance))({ apiKey: 'shared', secret: 'shared' })
  const derived = Object.assign(Object.create(shared) as typeof shared, { apiKey: 'own', secret: 'own' })
  const asked: unknown[] = []
  derived.request = async function (this: typeof shared) {
    asked.push(this.apiKey)
  } as never
  void derived.privatePostOrder({})
  void derived.fapiPrivatePostOrder({})
  expect(asked).toEqual(['own', 'own'])
  // What the class does by itself: its endpoints stay with the object that they were made for.
  const plain = new ccxt.binance({ apiKey: 'shared', secret: 'shared' })
  const child = Object.assign(Object.create(plain) as typeof plain, { apiKey: 'own' })
  plain.request = async function (this: typeof plain) {
    asked.push(this.apiKey)
  } as never
  void child.privatePostOrder({})
  expect(asked.at(-1)).toBe('shared')
})

function addressesIn(value: unknown): string[] {
  if (typeof value === 'string') {
    const address = value.replaceAll('{hostname}', 'example.com')
    return /^https?:\/\//.test(address) ? [address.replace(/\/$/, '')] : []
  }
  return value && typeof value === 'object' ? Object.values(value).flatMap(addressesIn) : []
}

function urlOf(server: ReturnType<typeof createServer>): string {
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
}
