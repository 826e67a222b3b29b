import '../seed.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isOurs, newClientOrderId } from '#src/vault/client-order-id.ts'
import { keyRing } from '#src/vault/key-ring.ts'
import { openKey } from '#src/vault/open.ts'
import { reseal, sealedUnder } from '#src/vault/reseal.ts'
import { fingerprintsOf, sealKey } from '#src/vault/seal.ts'

const [first, second, third] = ['a'.repeat(32), 'b'.repeat(32), 'c'.repeat(32)]
const owner = { userId: 'user-1', accountId: 'account-1', exchange: 'binance' }
const key = { apiKey: 'public-part', secret: 'the secret part', password: 'päss phrase' }
const sealed = sealKey(keyRing(first), owner, key)

test.each([
  ['a previous key that is the wrong one', keyRing(second, [third]), owner, sealed],
  ['no previous key', keyRing(second), owner, sealed],
  ['another owner', keyRing(second, [first]), { ...owner, userId: 'user-2' }, sealed],
  ['swapped fields', keyRing(second, [first]), owner, { ...sealed, secret: sealed.apiKey }],
  [
    'a forged version',
    keyRing(second, [first]),
    owner,
    { ...sealed, version: keyRing(second).current.version },
  ],
  ['no key', keyRing(second, [first]), owner, undefined],
])('nothing is sealed anew with %s', (_, ring, whose, stored) => {
  expect(sealedUnder(ring, whose, stored)).toBe('none')
  expect(reseal(ring, whose, stored)).toBeUndefined()
})

test('what the current key sealed is left as it is', () => {
  const ring = keyRing(first, [second])
  expect(sealedUnder(ring, owner, sealed)).toBe('current')
  expect(reseal(ring, owner, sealed)).toBeUndefined()
})

test('through any number of rotations a key, its fingerprint and the ids of its orders stay known, and each needs one key in the end', () => {
  const secret = fc.string({ minLength: 32, maxLength: 40 })
  const secrets = fc.uniqueArray(secret, { minLength: 2, maxLength: 6 })
  const skipped = fc.array(fc.boolean(), { minLength: 6, maxLength: 6 })
  fc.assert(
    fc.property(secrets, skipped, ([oldest = '', ...rotations], skips) => {
      let stored = sealKey(keyRing(oldest), owner, key)
      const ids = [newClientOrderId(keyRing(oldest), owner.accountId)]
      const known = [oldest]
      for (const [turn, current] of rotations.entries()) {
        const ring = keyRing(current, known)
        known.unshift(current)
        expect(ids.every((id) => isOurs(ring, owner.accountId, id))).toBe(true)
        ids.push(newClientOrderId(ring, owner.accountId))
        expect(sealedUnder(ring, owner, stored)).toBe('previous')
        if (skips[turn]) continue // the next rotation comes before the daily check
        const renewed = reseal(ring, owner, stored)
        expect(renewed?.fingerprint).toBe(fingerprintsOf(keyRing(current), 'binance', key.apiKey)[0])
        stored = renewed?.sealed ?? stored
        expect(openKey(keyRing(current), owner, stored)).toEqual(key)
        expect(sealedUnder(ring, owner, stored)).toBe('current')
      }
    }),
  )
})
