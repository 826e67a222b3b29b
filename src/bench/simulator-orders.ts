import { createHmac } from 'node:crypto'
import { Pool } from 'undici'
import { type Child, forkChild, nowMs } from './child.ts'
import { type Contest, inTurn } from './contest.ts'
import { benchKeys } from './simulator-orders-ours.ts'

/** How many orders a round sends, and how many are under way at once. */
export interface SimulatorOrdersSize {
  readonly orders: number
  readonly inFlight: number
}

/** Signed market orders over HTTP to the simulator with its journal, beside a server that always gives one answer. */
export function simulatorOrders({ orders, inFlight }: SimulatorOrdersSize): Contest {
  const id = 'simulator-orders'
  return {
    goal: 'simulator',
    title: 'simulator orders',
    measures: [
      {
        id,
        metric: 'market orders the simulator answers over HTTP, orders/s',
        // Ten times what one address may send to a real venue: paper trading must not be what limits a cluster.
        goal: { of: 'ours', bound: 'at least', value: 1_000 },
      },
    ],
    async open(ground, closing) {
      const open = async (program: URL) => {
        const server = await forkChild(program, { folder: ground.folder() }, closing)
        return closing.adopt(await poolOf(server, inFlight), (pool) => pool.close())
      }
      const floor = await open(new URL('./simulator-orders-floor.ts', import.meta.url))
      const ours = await open(new URL('./simulator-orders-ours.ts', import.meta.url))
      const measure = async (pool: Pool) => ({ [id]: await ordersPerSecond(pool, orders, inFlight) })
      return inTurn(
        () => measure(floor),
        () => measure(ours),
      )
    },
  }
}

async function poolOf(server: Child, connections: number): Promise<Pool> {
  return new Pool(await server.ask<string>('url'), { connections })
}

async function ordersPerSecond(pool: Pool, orders: number, inFlight: number): Promise<number> {
  let sent = 0
  const beganMs = nowMs()
  const sender = async () => {
    while (sent < orders) {
      const { statusCode, body } = await pool.request(signedOrder(sent++))
      const text = await body.text()
      if (statusCode !== 200 || !text.includes('"FILLED"')) throw new Error(`an order was answered ${text}`)
    }
  }
  await Promise.all(Array.from({ length: inFlight }, sender))
  return orders / ((nowMs() - beganMs) / 1_000)
}

function signedOrder(index: number) {
  const side = index % 2 === 0 ? 'BUY' : 'SELL'
  const query = `symbol=BTCUSDT&side=${side}&type=MARKET&quantity=0.001&timestamp=${Date.now()}`
  const signature = createHmac('sha256', benchKeys.secret).update(query).digest('hex')
  return {
    method: 'POST' as const,
    path: `/api/v3/order?${query}&signature=${signature}`,
    headers: { 'x-mbx-apikey': benchKeys.apiKey },
  }
}
