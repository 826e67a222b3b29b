import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { KeyRing, KeyVersion } from './key-ring.ts'

const randomHex = 16
const shape = /^[0-9a-f]{32}$/

/**
 * A new client order id: 16 random hex characters and 16 of their HMAC under a key of the account. It fits every venue's
 * rule, and after a database is restored the program still knows its own orders. A new attempt is a new id.
 */
export function newClientOrderId(ring: KeyRing, accountId: string): string {
  const random = randomBytes(randomHex / 2).toString('hex')
  return random + tagOf(ring.current, accountId, random)
}

/** Whether an order at the venue was placed by this program for this account, under any version of SECRET_KEY. */
export function isOurs(ring: KeyRing, accountId: string, clientOrderId: string): boolean {
  if (!shape.test(clientOrderId)) return false
  const random = clientOrderId.slice(0, randomHex)
  const tag = Buffer.from(clientOrderId.slice(randomHex))
  return ring.all.some((key) => timingSafeEqual(Buffer.from(tagOf(key, accountId, random)), tag))
}

function tagOf(key: KeyVersion, accountId: string, random: string): string {
  return createHmac('sha256', key.derive('client-order-id', accountId))
    .update(random)
    .digest('hex')
    .slice(0, 32 - randomHex)
}
