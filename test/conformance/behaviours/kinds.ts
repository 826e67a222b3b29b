import { expect } from 'vitest'
import type { Behaviour } from '../behaviour.ts'
import type { Stage } from '../stage.ts'

/** Sends a limit order that the gateway does not offer through the venue's own class; a refusal is an answer, too. */
async function sent(stage: Stage, quantity: number, price: number, how: Record<string, unknown>) {
  const client = await stage.client()
  await client.createOrder(stage.symbol, 'limit', 'buy', quantity, price, how).catch((error: Error) => {
    expect(error.name).toMatch(/^(InvalidOrder|OrderImmediatelyFillable|OrderNotFillable|ExchangeError)$/)
  })
  const { orders } = stage.truth()
  return {
    fills: orders.flatMap(({ fills }) => fills),
    open: orders.filter(({ status }) => status === 'open'),
  }
}

export const kinds: readonly Behaviour[] = [
  {
    name: 'a post-only order that would take is not executed and does not stay',
    async run(stage) {
      expect(await sent(stage, 0.01, 50_200, { postOnly: true })).toEqual({ fills: [], open: [] })
    },
  },
  {
    name: 'a post-only order that would not take rests',
    async run(stage) {
      expect(await sent(stage, 0.01, 49_000, { postOnly: true })).toMatchObject({
        fills: [],
        open: [{ filled: '0' }],
      })
    },
  },
  {
    name: 'an immediate-or-cancel order takes what the book gives at its price, and ends',
    async run(stage) {
      const { fills, open } = await sent(stage, 15, 50_020, { timeInForce: 'IOC' })
      expect(open).toEqual([])
      expect(fills.length).toBeGreaterThan(0)
      const [order] = stage.truth().orders
      expect(Number(order?.filled)).toBeLessThan(15)
    },
  },
  {
    name: 'a fill-or-kill order that the book cannot fill whole takes nothing, and ends',
    async run(stage) {
      expect(await sent(stage, 15, 50_020, { timeInForce: 'FOK' })).toEqual({ fills: [], open: [] })
    },
  },
  {
    name: 'a fill-or-kill order that the book can fill is filled whole',
    async run(stage) {
      const { fills, open } = await sent(stage, 0.01, 50_100, { timeInForce: 'FOK' })
      expect(open).toEqual([])
      expect(fills).toMatchObject([{ quantity: '0.01' }])
    },
  },
]
