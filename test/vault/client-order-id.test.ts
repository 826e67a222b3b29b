import { expect, test } from 'vitest'
import { isOurs, newClientOrderId } from '#src/vault/client-order-id.ts'
import { keyRing } from '#src/vault/key-ring.ts'

const old = 'a'.repeat(32)
const ring = keyRing(old)

test('an id that is not ours is not recognised', () => {
  const id = newClientOrderId(ring, 'account-1')
  expect(isOurs(ring, 'account-2', id)).toBe(false)
  expect(isOurs(keyRing('b'.repeat(32)), 'account-1', id)).toBe(false)
  for (const foreign of ['', 'x-TKT5PX2F8a6a46e22fb045c38198a2', '0'.repeat(32), id.toUpperCase(), `${id}0`])
    expect(isOurs(ring, 'account-1', foreign)).toBe(false)
})

test('an id fits every venue and is ours, also after SECRET_KEY was replaced', () => {
  const ids = Array.from({ length: 1000 }, () => newClientOrderId(ring, 'account-1'))
  expect(new Set(ids).size).toBe(1000)
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{32}$/)
    expect(isOurs(keyRing('b'.repeat(32), [old]), 'account-1', id)).toBe(true)
  }
})
