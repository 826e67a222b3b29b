import { createHmac, timingSafeEqual } from 'node:crypto'
import type { WireRequest } from '../venue.ts'
import { Failure } from './failure.ts'

/** A header as the client sent it; undefined when it is not there. */
export function headerOf({ headers }: WireRequest, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/**
 * Checks a signed request: its time, which may be no more than 1 s ahead of the server and no more than the window behind
 * it, and HMAC-SHA256 over timestamp, key, window and the query or the body, byte for byte as they came.
 */
export function checkSignature(request: WireRequest, secret: string, wallMs: number): void {
  const timestamp = headerOf(request, 'x-bapi-timestamp') ?? ''
  const window = headerOf(request, 'x-bapi-recv-window') ?? ''
  const windowMs = window === '' ? 5_000 : Number(window)
  const sentAt = /^\d{1,15}$/.test(timestamp) ? Number(timestamp) : Number.NaN
  if (!(wallMs - windowMs <= sentAt && sentAt < wallMs + 1_000)) {
    throw new Failure(
      10002,
      `invalid request, please check your server timestamp or recv_window param. req_timestamp[${timestamp}],server_timestamp[${wallMs}],recv_window[${window}]`,
    )
  }
  const payload = request.method === 'POST' ? request.body : request.query
  const origin = timestamp + headerOf(request, 'x-bapi-api-key') + window + payload
  if (!isSignedBy(secret, origin, headerOf(request, 'x-bapi-sign') ?? ''))
    throw new Failure(10004, `error sign! origin_string[${origin}]`)
}

/** Whether a signature is the HMAC-SHA256 of a text, in hex. */
export function isSignedBy(secret: string, text: string, signature: string): boolean {
  const right = createHmac('sha256', secret).update(text).digest()
  const sent = Buffer.from(signature, 'hex')
  return sent.length === right.length && timingSafeEqual(sent, right)
}
