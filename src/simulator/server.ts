import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { WireAnswer, WireRequest } from './venues/venue.ts'

const mostBytes = 1_000_000

/** An answer that the wire holds back, or a connection that ends without one. */
export interface Disturbance {
  readonly afterMs: number
  readonly end: WireAnswer | 'cut' | 'reset'
}

/** Serves a synchronous handler over HTTP. An error in it answers 500 and is given to `onError`. */
export function listen(
  address: { host: string; port: number },
  handle: (request: WireRequest) => WireAnswer | Disturbance,
  onError: (error: unknown) => void,
): Promise<Server> {
  const server = createServer({ keepAliveTimeout: 60_000 }, (incoming, outgoing) => {
    const chunks: Buffer[] = []
    let bytes = 0
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > mostBytes) incoming.destroy()
      else chunks.push(chunk)
    })
    incoming.on('end', () => {
      const reply = answerTo(incoming, Buffer.concat(chunks).toString('utf8'), handle, onError)
      if (!('end' in reply)) end(outgoing, reply)
      else if (reply.afterMs === 0) end(outgoing, reply.end)
      else setTimeout(() => end(outgoing, reply.end), reply.afterMs).unref()
    })
  })
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(address.port, address.host, () => {
      server.off('error', reject)
      resolve(server)
    })
  })
}

function end(outgoing: ServerResponse, how: WireAnswer | 'cut' | 'reset'): void {
  if (outgoing.destroyed) return
  if (how === 'cut') outgoing.destroy()
  else if (how === 'reset') outgoing.socket?.resetAndDestroy()
  else {
    outgoing.writeHead(how.status, { ...how.headers, 'content-length': Buffer.byteLength(how.body) })
    outgoing.end(how.body)
  }
}

function answerTo(
  incoming: IncomingMessage,
  body: string,
  handle: (request: WireRequest) => WireAnswer | Disturbance,
  onError: (error: unknown) => void,
): WireAnswer | Disturbance {
  const url = incoming.url ?? '/'
  const mark = url.indexOf('?')
  try {
    return handle({
      method: incoming.method ?? 'GET',
      path: mark < 0 ? url : url.slice(0, mark),
      query: mark < 0 ? '' : url.slice(mark + 1),
      body,
      headers: incoming.headers,
      ip: incoming.socket.remoteAddress ?? '',
    })
  } catch (error) {
    onError(error)
    return { status: 500, headers: { 'content-type': 'application/json' }, body: '{"error":"internal"}' }
  }
}
