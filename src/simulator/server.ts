import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { WireAnswer, WireRequest } from './venues/venue.ts'

const mostBytes = 1_000_000

/** Serves a synchronous handler over HTTP. An error in it answers 500 and is given to `onError`. */
export function listen(
  address: { host: string; port: number },
  handle: (request: WireRequest) => WireAnswer,
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
      const { status, headers, body } = answerTo(
        incoming,
        Buffer.concat(chunks).toString('utf8'),
        handle,
        onError,
      )
      outgoing.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
      outgoing.end(body)
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

function answerTo(
  incoming: IncomingMessage,
  body: string,
  handle: (request: WireRequest) => WireAnswer,
  onError: (error: unknown) => void,
): WireAnswer {
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
