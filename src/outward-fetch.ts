import { lookup as resolve } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { Agent, type RequestInit, fetch as send } from 'undici'
import { isPublicAddress } from './public-address.ts'

/** An address that may not be asked, or an answer that may not be read. The message names no more than the host. */
export class OutwardRefused extends Error {
  override readonly name = 'OutwardRefused'
}

export interface OutwardOptions {
  /**
   * Who gave the address. The operator's may lie anywhere; a user's must lie in the public internet, by every answer of
   * the DNS, and it is those answers that are connected to.
   */
  readonly givenBy: 'operator' | 'user'
  /** An answer that is longer, once it is unpacked, is cut off. */
  readonly maxBytes: number
  /** How names are resolved; the system's way by default. */
  readonly lookup?: typeof resolve
}

/** A `fetch` for addresses that somebody configured: follows no redirect, and reads no more than it is allowed. */
export function outwardFetch({ givenBy, maxBytes, lookup = resolve }: OutwardOptions): typeof fetch {
  const dispatcher =
    givenBy === 'operator' ? undefined : new Agent({ connect: { lookup: publicOnly(lookup) } })
  return async (input, init) => {
    const address = new URL(input instanceof Request ? input.url : input)
    const host = address.hostname.replace(/^\[|\]$/g, '')
    // A number is not looked up, so it is judged here.
    if (givenBy === 'user' && isIP(host) !== 0 && !isPublicAddress(host)) throw notPublic(host)
    const options = {
      ...(init as RequestInit),
      redirect: 'manual' as const,
      ...(dispatcher && { dispatcher }),
    }
    const response = await send(address, options).catch((error: Error) => {
      throw error.cause instanceof OutwardRefused ? error.cause : error
    })
    if (response.status >= 300 && response.status < 400) {
      await response.body?.cancel()
      throw new OutwardRefused(
        `${host} answers with a redirect (HTTP ${response.status}), which is not followed`,
      )
    }
    const { status, statusText } = response
    const headers = [...response.headers] as [string, string][]
    const body = (response.body as ReadableStream<Uint8Array> | null)?.pipeThrough(upTo(maxBytes, host))
    return new Response(body ?? null, { status, statusText, headers })
  }
}

/** Resolves a name and refuses it when any of its addresses is not public. */
function publicOnly(lookup: typeof resolve): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, [])
      const [first] = addresses
      if (!first || !addresses.every(({ address }) => isPublicAddress(address)))
        return callback(notPublic(hostname), [])
      if (options.all) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

function notPublic(host: string): OutwardRefused {
  return new OutwardRefused(`${host} is not in the public internet`)
}

function upTo(maxBytes: number, host: string): TransformStream<Uint8Array, Uint8Array> {
  let read = 0
  return new TransformStream({
    transform(chunk, controller) {
      read += chunk.byteLength
      if (read > maxBytes)
        controller.error(new OutwardRefused(`${host} answers with more than ${maxBytes} bytes`))
      else controller.enqueue(chunk)
    },
  })
}
