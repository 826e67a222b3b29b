import { expect, test } from 'vitest'
import { keyRing } from '#src/vault/key-ring.ts'
import { KeyNotOpened, openKey } from '#src/vault/open.ts'
import { fingerprintsOf, sealKey } from '#src/vault/seal.ts'
import type { SealedKey } from '#src/vault/sealed.ts'

const first = 'a'.repeat(32)
const second = 'b'.repeat(32)
const ring = keyRing(first)
const owner = { userId: 'user-1', accountId: 'account-1' }
const key = { apiKey: 'public-part', secret: 'the secret part', password: 'päss phrase' }

const sealedElsewhere: [string, (sealed: SealedKey) => SealedKey][] = [
  ['fields swapped', (sealed) => ({ ...sealed, apiKey: sealed.secret, secret: sealed.apiKey })],
  ['another version named', (sealed) => ({ ...sealed, version: keyRing(second).current.version })],
  [
    'a bit flipped',
    (sealed) => ({ ...sealed, secret: { ...sealed.secret, text: flip(sealed.secret.text) } }),
  ],
  ['the tag cut short', (sealed) => ({ ...sealed, secret: { ...sealed.secret, tag: 'AAAA' } })],
]

test.each(sealedElsewhere)('a sealed key does not open with %s', (_, change) => {
  const both = keyRing(first, [second])
  expect(() => openKey(both, owner, change(sealKey(ring, owner, key)))).toThrow(KeyNotOpened)
})

test.each([
  { userId: 'user-2', accountId: owner.accountId },
  { userId: owner.userId, accountId: 'account-2' },
])('a sealed key does not open for another owner', (other) => {
  expect(() => openKey(ring, other, sealKey(ring, owner, key))).toThrow(KeyNotOpened)
})

test('a key sealed under a SECRET_KEY that is gone says so, and tells nothing else', () => {
  const sealed = sealKey(ring, owner, key)
  expect(() => openKey(keyRing(second), owner, sealed)).toThrow(/sealed under SECRET_KEY version [0-9a-f]{8}/)
  expect(() => openKey(ring, owner, { secret: 'plain' })).toThrow(/unknown shape/)
})

test('a key opens as it was sealed, also after SECRET_KEY was replaced', () => {
  const sealed = JSON.parse(JSON.stringify(sealKey(ring, owner, key)))
  expect(openKey(ring, owner, sealed)).toEqual(key)
  expect(openKey(keyRing(second, [first]), owner, sealed)).toEqual(key)
})

test('sealing twice gives different boxes, and neither holds the plain text', () => {
  const [one, two] = [sealKey(ring, owner, key), sealKey(ring, owner, key)]
  expect(one.secret.text).not.toBe(two.secret.text)
  expect(JSON.stringify(one)).not.toContain(Buffer.from(key.secret).toString('base64'))
})

test('a fingerprint is the same for one key on one exchange, and differs elsewhere', () => {
  const [print] = fingerprintsOf(ring, 'binance', 'k')
  expect(fingerprintsOf(ring, 'binance', 'k')).toEqual([print])
  expect(fingerprintsOf(ring, 'kraken', 'k')).not.toEqual([print])
  expect(fingerprintsOf(ring, 'binance', 'l')).not.toEqual([print])
  const [current, ...previous] = fingerprintsOf(keyRing(second, [first]), 'binance', 'k')
  expect(current).not.toBe(print)
  expect(previous).toEqual([print])
})

test('a SECRET_KEY under 32 bytes is refused', () => {
  expect(() => keyRing('short')).toThrow(/32 bytes/)
})

function flip(base64: string): string {
  const bytes = Buffer.from(base64, 'base64')
  bytes[0] = (bytes[0] ?? 0) ^ 1
  return bytes.toString('base64')
}
