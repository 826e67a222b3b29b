import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, RequestListener } from 'node:http'
import { isIPv4 } from 'node:net'
import { readMetrics } from '../metrics.ts'

/**
 * Answers Prometheus with what this process measures: to who brings the token as `Authorization: Bearer …`, and to this
 * machine itself, unless a proxy on it asks for somebody else.
 */
export function answerMetrics(token: string | undefined): RequestListener {
  return (request, response) => {
    if (!isFromHere(request) && !bringsToken(request, token)) {
      response.writeHead(401, { 'content-type': 'text/plain; charset=utf-8', 'www-authenticate': 'Bearer' })
      response.end('Metrics are for whoever brings METRICS_TOKEN as a bearer token, and for this machine.\n')
      return
    }
    readMetrics().then(
      ({ text, contentType }) => {
        response.writeHead(200, { 'content-type': contentType, 'cache-control': 'no-store' })
        response.end(text)
      },
      () => {
        response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' })
        response.end('The metrics could not be read; the log says why.\n')
      },
    )
  }
}

function isFromHere({ socket, headers }: IncomingMessage): boolean {
  const isForwarded = 'x-forwarded-for' in headers || 'forwarded' in headers || 'x-real-ip' in headers
  const address = socket.remoteAddress?.replace(/^::ffff:/, '') ?? ''
  return !isForwarded && (address === '::1' || (isIPv4(address) && address.startsWith('127.')))
}

function bringsToken({ headers }: IncomingMessage, token: string | undefined): boolean {
  if (!token) return false
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${token}`))
}
