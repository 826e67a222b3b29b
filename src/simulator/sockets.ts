import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocket, WebSocketServer } from 'ws'
import type { StreamRequest, StreamSocket } from './venues/venue.ts'

const mostBytes = 1_000_000

/** Who takes a WebSocket of this path; undefined when nobody does. */
export type FindTaker = (
  path: string,
) => { readonly name: string; connect(request: StreamRequest, socket: StreamSocket): void } | undefined

export interface Sockets {
  /** Ends every connection, or those of one taker, without a farewell; answers how many. */
  cut(name?: string): number
}

/** Lets a server take WebSockets, too. An error of a taker ends its connection and is given to `onError`. */
export function takeSockets(
  server: Server,
  findTaker: FindTaker,
  onError: (error: unknown) => void,
): Sockets {
  const upgrader = new WebSocketServer({ noServer: true, maxPayload: mostBytes })
  const names = new Map<WebSocket, string>()
  server.on('upgrade', (incoming: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy())
    const request = requestOf(incoming)
    const taker = findTaker(request.path)
    if (taker === undefined) {
      stream.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
      return
    }
    upgrader.handleUpgrade(incoming, stream, head, (socket) => {
      names.set(socket, taker.name)
      socket.on('error', () => socket.terminate())
      socket.on('close', () => names.delete(socket))
      guarded(socket, onError, () => taker.connect(request, streamSocket(socket, onError)))
    })
  })
  return {
    cut(name) {
      const wanted = [...names].filter(([, its]) => (name ?? its) === its)
      for (const [socket] of wanted) socket.terminate()
      return wanted.length
    },
  }
}

function streamSocket(socket: WebSocket, onError: (error: unknown) => void): StreamSocket {
  return {
    send(text) {
      if (socket.readyState === WebSocket.OPEN) socket.send(text)
    },
    close: (code) => socket.close(code),
    cut: () => socket.terminate(),
    onMessage: (listener) =>
      void socket.on('message', (bytes) => guarded(socket, onError, () => listener(String(bytes)))),
    ping() {
      if (socket.readyState === WebSocket.OPEN) socket.ping()
    },
    onPong: (listener) => void socket.on('pong', listener),
    onClose: (listener) => void socket.on('close', () => guarded(socket, onError, listener)),
  }
}

function guarded(socket: WebSocket, onError: (error: unknown) => void, act: () => void): void {
  try {
    act()
  } catch (error) {
    onError(error)
    socket.terminate()
  }
}

function requestOf(incoming: IncomingMessage): StreamRequest {
  const url = incoming.url ?? '/'
  const mark = url.indexOf('?')
  return {
    path: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? '' : url.slice(mark + 1),
    headers: incoming.headers,
    ip: incoming.socket.remoteAddress ?? '',
  }
}
