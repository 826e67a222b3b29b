import { createHmac, timingSafeEqual } from 'node:crypto'
import type { KeyRing, KeyVersion } from '../../vault/key-ring.ts'

/** The headers of a signed delivery, as Standard Webhooks names them (standardwebhooks.com). */
export interface SignedHeaders {
  readonly id: string | undefined
  /** Epoch seconds. */
  readonly timestamp: string | undefined
  /** One or more `v1,<base64>`, separated by spaces. */
  readonly signature: string | undefined
}

/** The secret of a signed webhook: it follows from SECRET_KEY and the webhook, and is stored nowhere. */
export function webhookSecret({ current }: KeyRing, webhookId: string): string {
  return `whsec_${keyOf(current, webhookId).toString('base64')}`
}

function keyOf(version: KeyVersion, webhookId: string): Buffer {
  return version.derive('webhook', webhookId)
}

/**
 * Why a delivery is not from whoever has the secret; undefined when it is. Signed is `<id>.<timestamp>.<body>`, with
 * HMAC-SHA256; secrets of earlier SECRET_KEYs count too.
 */
export function forgery(
  { id, timestamp, signature }: SignedHeaders,
  body: string,
  { keys, webhookId }: { readonly keys: KeyRing; readonly webhookId: string },
): string | undefined {
  if (!id || !timestamp || !signature)
    return 'the headers webhook-id, webhook-timestamp and webhook-signature are needed'
  if (id.length > 100) return 'webhook-id must have at most 100 characters'
  if (!/^\d{1,12}$/.test(timestamp)) return 'webhook-timestamp must be a time in seconds since 1970'
  const given = signature
    .split(' ')
    .slice(0, 10)
    .filter((one) => one.startsWith('v1,'))
    .map((one) => Buffer.from(one.slice(3), 'base64'))
  const isRight = keys.all.some((version) => {
    const right = createHmac('sha256', keyOf(version, webhookId))
      .update(`${id}.${timestamp}.${body}`)
      .digest()
    return given.some((one) => one.length === right.length && timingSafeEqual(one, right))
  })
  return isRight ? undefined : 'the signature is not the right one for this body, id and time'
}
