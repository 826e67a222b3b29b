import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { Failure } from './failure.ts'

/**
 * Checks a private request: API-Sign is the HMAC-SHA512 of path ++ SHA256(nonce ++ body as sent), under the secret's
 * decoded bytes, in base64.
 */
export function checkSignature(
  request: { readonly path: string; readonly body: string; readonly sign: unknown },
  nonce: string,
  secret: string,
): void {
  const hash = createHash('sha256')
    .update(nonce + request.body)
    .digest()
  const right = createHmac('sha512', Buffer.from(secret, 'base64')).update(request.path).update(hash).digest()
  const sent = Buffer.from(typeof request.sign === 'string' ? request.sign : '', 'base64')
  if (sent.length !== right.length || !timingSafeEqual(sent, right))
    throw new Failure('EAPI:Invalid signature')
}
