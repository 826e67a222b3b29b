import { connect, createServer, type Server, type Socket } from 'node:net'
import { afterAll } from 'vitest'

/**
 * What happens to requests that send an order. `lose-answer`: it arrives, its answer does not. `lose-request`: the
 * connection ends before it arrives. `cut-answer`: the answer ends in its middle.
 */
export type Loss = 'none' | 'lose-answer' | 'lose-request' | 'cut-answer'

/** A TCP proxy in front of the simulator that loses what a test tells it to; everything but orders passes. */
export interface LossyProxy {
  readonly url: string
  loss: Loss
  /** Orders that came by. */
  orders: number
  /** Ends every connection and takes no new one. */
  shut(): Promise<void>
  /** Listens again where it did. */
  reopen(): Promise<void>
}

/** Starts a proxy to an address on this machine; it is closed after the file. */
export async function lossyProxy(target: string): Promise<LossyProxy> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    sockets.add(client.on('close', () => sockets.delete(client)))
    pass(client, connect(Number(port), hostname), proxy)
  })
  const listen = (at: number) => new Promise<void>((resolve) => server.listen(at, '127.0.0.1', resolve))
  const proxy: LossyProxy = {
    url: '',
    loss: 'none',
    orders: 0,
    async shut() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
    reopen: () => listen(Number(new URL(proxy.url).port)),
  }
  await listen(0)
  Object.assign(proxy, { url: `http://127.0.0.1:${portOf(server)}` })
  afterAll(() => proxy.shut())
  return proxy
}

function pass(client: Socket, venue: Socket, proxy: LossyProxy): void {
  let loss: Loss = 'none'
  const end = () => {
    client.destroy()
    venue.destroy()
  }
  client.on('error', end).on('close', end)
  venue.on('error', end).on('close', end)
  client.on('data', (bytes) => {
    if (/^POST \/(api|fapi)\/v\d\/order /.test(bytes.toString('latin1'))) {
      proxy.orders += 1
      loss = proxy.loss
    }
    if (loss === 'lose-request') end()
    else venue.write(bytes)
  })
  venue.on('data', (bytes) => {
    if (loss === 'lose-answer') end()
    else if (loss === 'cut-answer') {
      client.write(bytes.subarray(0, bytes.length - 20))
      setTimeout(end, 20)
    } else client.write(bytes)
  })
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}
