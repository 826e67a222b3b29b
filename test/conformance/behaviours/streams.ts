import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import type { Behaviour } from '../behaviour.ts'
import type { Client, Stage } from '../stage.ts'

/** The account's private stream, watched by the venue's own class: whatever it has been told so far. */
interface Watched {
  readonly orders: ReadonlyMap<string, { readonly status: string; readonly filled: number }> // by the venue's id: of Kraken's frames the class does not read ours
  readonly fills: readonly { readonly id: string; readonly order: string; readonly amount: number }[]
  readonly balances: number
  readonly errors: readonly Error[]
}

/** Watches orders, fills and balances until the class is closed; a stream that breaks is taken up again. */
async function watch(stage: Stage): Promise<Watched> {
  const client = await stage.client()
  const orders = new Map<string, { status: string; filled: number }>()
  const fills = new Map<string, { id: string; order: string; amount: number }>()
  const watched = {
    orders,
    balances: 0,
    errors: [] as Error[],
    fills: [] as { id: string; order: string; amount: number }[],
  }
  const follow = async (next: () => Promise<void>) => {
    for (;;) {
      try {
        await next()
      } catch (error) {
        if ((error as Error).name === 'ExchangeClosedByUser') return
        watched.errors.push(error as Error)
        await sleep(20)
      }
    }
  }
  void follow(async () => {
    await client.watchOrders(stage.symbol)
    for (const { id, status, filled } of client.orders ?? [])
      orders.set(String(id), { status: String(status), filled: Number(filled) })
  })
  void follow(async () => {
    await client.watchMyTrades(stage.symbol)
    for (const { id, order, amount } of client.myTrades ?? [])
      fills.set(String(id), { id: String(id), order: String(order), amount: Number(amount) })
    watched.fills.splice(0, watched.fills.length, ...fills.values())
  })
  void follow(async () => {
    await client.watchBalance()
    watched.balances += 1
  })
  await listening(stage, client, watched)
  return watched
}

/** Trades until the stream has told of an order: from then on it stands. */
async function listening(stage: Stage, client: Client, watched: Watched): Promise<void> {
  const venue = await stage.venue()
  for (let left = 40; watched.orders.size === 0; left -= 1) {
    if (left === 0) throw new Error(`the stream tells nothing: ${Object.keys(client.clients).join(', ')}`)
    await venue.placeOrder(stage.order())
    await sleep(100)
  }
}

async function until(isTrue: () => boolean): Promise<void> {
  for (let left = 250; !isTrue(); left -= 1) {
    if (left === 0) throw new Error('it did not come about within some seconds')
    await sleep(20)
  }
}

export const streams: readonly Behaviour[] = [
  {
    name: 'the private stream tells an order, its fills and what they did to the balance',
    async run(stage) {
      const watched = await watch(stage)
      const { balances } = watched
      const { venueOrderId } = await (await stage.venue()).placeOrder(stage.order({ quantity: '0.02' }))
      await until(() => watched.orders.get(venueOrderId)?.status === 'closed')
      expect(watched.orders.get(venueOrderId)?.filled).toBe(0.02)
      await until(() => watched.fills.some((fill) => fill.order === venueOrderId))
      await until(() => watched.balances > balances)
    },
  },
  {
    name: 'the private stream tells an order that waits, and that it was taken back',
    async run(stage) {
      const watched = await watch(stage)
      const venue = await stage.venue()
      const order = stage.order({ type: 'limit', price: '49000' })
      const { venueOrderId } = await venue.placeOrder(order)
      await until(() => watched.orders.get(venueOrderId)?.status === 'open')
      await venue.cancelOrder(order)
      await until(() => watched.orders.get(venueOrderId)?.status === 'canceled')
    },
  },
  {
    name: 'what a stream repeats is one fill still',
    async run(stage) {
      const watched = await watch(stage)
      stage.disturb({ fault: 'stream-repeated', match: { request: 'stream' }, afterMs: 50 })
      const order = stage.order()
      const { venueOrderId } = await (await stage.venue()).placeOrder(order)
      await until(() => watched.fills.some((fill) => fill.order === venueOrderId))
      await sleep(150)
      expect(watched.fills.filter((fill) => fill.order === venueOrderId)).toHaveLength(1)
    },
  },
  {
    name: 'what a silent stream keeps back is found by asking, and the stream goes on afterwards',
    async run(stage) {
      const watched = await watch(stage)
      const venue = await stage.venue()
      stage.disturb({ fault: 'stream-stopped', match: { request: 'stream' }, times: 1, afterMs: 400 })
      const missed = stage.order()
      const { venueOrderId } = await venue.placeOrder(missed)
      await stage.settled(missed.clientOrderId, ({ status }) => status === 'filled')
      await sleep(600)
      expect(watched.orders.has(venueOrderId)).toBe(false)
      const told = await venue.placeOrder(stage.order())
      await until(() => watched.orders.get(told.venueOrderId)?.status === 'closed')
    },
  },
  {
    name: 'a stream that breaks can be taken up again, and what was missed is found by asking',
    async run(stage) {
      const watched = await watch(stage)
      const venue = await stage.venue()
      stage.disturb({ fault: 'stream-cut', match: { request: 'stream' }, times: 1 })
      const missed = stage.order()
      await venue.placeOrder(missed)
      await until(() => watched.errors.length > 0)
      expect(await stage.settled(missed.clientOrderId, ({ status }) => status === 'filled')).toBeDefined()
      for (let left = 60; ; left -= 1) {
        const { venueOrderId } = await venue.placeOrder(stage.order())
        await sleep(100)
        if (watched.orders.has(venueOrderId)) break
        if (left === 0) throw new Error('the stream was not taken up again')
      }
    },
  },
]
