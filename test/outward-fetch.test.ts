import type { LookupAddress, lookup } from 'node:dns'
import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OutwardRefused, outwardFetch } from '#src/outward-fetch.ts'
import { isPublicAddress } from '#src/public-address.ts'

let port = 0
let asked: string[] = []
const server = createServer((request, response) => {
  asked.push(request.url ?? '')
  if (request.url === '/away') return response.writeHead(302, { location: '/inside' }).end()
  if (request.url === '/bomb')
    return response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(5_000_000)))
  response.end('x'.repeat(1_000))
})
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  port = typeof address === 'object' && address ? address.port : 0
})
afterAll(() => server.close())

/** A resolver that knows these addresses, whatever the name. */
function resolvingTo(...addresses: string[]): typeof lookup {
  const answer: LookupAddress[] = addresses.map((address) => ({
    address,
    family: address.includes(':') ? 6 : 4,
  }))
  const resolver = (_name: string, _options: unknown, done: (error: null, all: LookupAddress[]) => void) =>
    done(null, answer)
  return resolver as unknown as typeof lookup
}

const users = (find?: typeof lookup) =>
  outwardFetch({ givenBy: 'user', maxBytes: 10_000, ...(find && { lookup: find }) })
const operators = (maxBytes = 10_000) => outwardFetch({ givenBy: 'operator', maxBytes })

test.each([
  '127.0.0.1',
  '127.1',
  '2130706433',
  '0x7f000001',
  '0177.0.0.1',
  '0.0.0.0',
  '10.1.2.3',
  '169.254.169.254',
  '172.31.255.255',
  '192.168.0.1',
  '100.64.0.1',
  '[::1]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[64:ff9b::7f00:1]',
  '[fd00::1]',
  '[fe80::1]',
  '[2002:7f00:1::]',
])('a user does not reach %s', async (host) => {
  asked = []
  await expect(users()(`http://${host}:${port}/`)).rejects.toThrow(/is not in the public internet/)
  expect(asked).toEqual([])
})

test.each([
  ['a private address', ['10.0.0.1']],
  ['this machine', ['127.0.0.1']],
  ['a public address beside a private one', ['93.184.215.14', '127.0.0.1']],
  ['the metadata server', ['169.254.169.254']],
  ['an IPv6 address of the house', ['fd00::1']],
  ['nothing', []],
])('a user does not reach a name that the DNS gives %s', async (_, addresses) => {
  asked = []
  const fetch = users(resolvingTo(...addresses))
  await expect(fetch(`http://hooks.example.test:${port}/`)).rejects.toThrow(OutwardRefused)
  await expect(fetch(`http://localhost:${port}/`)).rejects.toThrow(OutwardRefused)
  expect(asked).toEqual([])
})

test('the operator reaches this machine', async () => {
  const response = await operators()(`http://127.0.0.1:${port}/here`)
  expect(await response.text()).toHaveLength(1_000)
})

test('a redirect is not followed, for anybody', async () => {
  asked = []
  await expect(operators()(`http://127.0.0.1:${port}/away`)).rejects.toThrow(/redirect \(HTTP 302\)/)
  expect(asked).toEqual(['/away'])
})

test('an answer is read up to the allowed size, unpacked', async () => {
  expect(await (await operators(1_000)(`http://127.0.0.1:${port}/`)).text()).toHaveLength(1_000)
  const long = await operators(999)(`http://127.0.0.1:${port}/`)
  await expect(long.text()).rejects.toThrow('127.0.0.1 answers with more than 999 bytes')
  const bomb = await operators(100_000)(`http://127.0.0.1:${port}/bomb`)
  await expect(bomb.text()).rejects.toThrow(/more than 100000 bytes/)
})

test('public addresses are public, and nothing that is none is', () => {
  for (const address of ['1.1.1.1', '93.184.215.14', '172.32.0.1', '2606:4700::1111', '2a00:1450:4001::200e'])
    expect(isPublicAddress(address)).toBe(true)
  for (const text of ['', 'localhost', '1.2.3', '256.1.1.1', 'g::1'])
    expect(isPublicAddress(text)).toBe(false)
})

test('every address of a private network is private, in IPv6 clothes too', () => {
  const byte = fc.integer({ min: 0, max: 255 })
  const inside = fc.oneof(
    fc.tuple(fc.constant(10), byte, byte, byte),
    fc.tuple(fc.constant(127), byte, byte, byte),
    fc.tuple(fc.constant(192), fc.constant(168), byte, byte),
    fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), byte, byte),
    fc.tuple(fc.constant(169), fc.constant(254), byte, byte),
    fc.tuple(fc.integer({ min: 224, max: 255 }), byte, byte, byte),
  )
  fc.assert(
    fc.property(inside, (bytes) => {
      const address = bytes.join('.')
      const hex = bytes.map((one) => one.toString(16).padStart(2, '0'))
      const tail = `${hex[0]}${hex[1]}:${hex[2]}${hex[3]}`
      for (const one of [address, `::ffff:${address}`, `64:ff9b::${tail}`, `2002:${tail}::`, `::${tail}`])
        expect(isPublicAddress(one), one).toBe(false)
    }),
  )
})
