import { expect } from 'vitest'
import type { Behaviour } from '../behaviour.ts'

export const lists: readonly Behaviour[] = [
  {
    name: 'open orders are those that rest, of one symbol or of all',
    async run(stage) {
      const venue = await stage.venue()
      const resting = stage.order({ type: 'limit', price: '49000' })
      const other = stage.order({ symbol: stage.symbolOf('ETH'), quantity: '0.5' })
      await venue.placeOrder(stage.order())
      await venue.placeOrder(other)
      await venue.placeOrder(resting)
      for (const orders of [await venue.openOrders(stage.symbol), await venue.openOrders()])
        expect(orders.map(({ clientOrderId }) => clientOrderId)).toEqual([resting.clientOrderId])
      expect(await venue.openOrders(stage.symbolOf('ETH'))).toEqual([])
    },
  },
  {
    name: 'orders since a moment are those that wait and those that have ended',
    async run(stage) {
      const venue = await stage.venue()
      const sinceMs = (await venue.serverTime()) - 60_000
      const wanted = [stage.order(), stage.order({ type: 'limit', price: '49000' })]
      for (const order of wanted) await venue.placeOrder(order)
      const gone = stage.order({ type: 'limit', price: '49100' })
      await venue.placeOrder(gone)
      await venue.cancelOrder(gone)
      const orders = await venue.ordersSince(stage.symbol, sinceMs)
      const statuses = Object.fromEntries(orders.map(({ clientOrderId, status }) => [clientOrderId, status]))
      expect(statuses).toEqual({
        [wanted[0]?.clientOrderId as string]: 'filled',
        [wanted[1]?.clientOrderId as string]: 'open',
        [gone.clientOrderId]: 'canceled',
      })
    },
  },
  {
    name: 'fills since a moment are those of the symbol, oldest first',
    async run(stage) {
      const venue = await stage.venue()
      const sinceMs = (await venue.serverTime()) - 60_000
      const bought = stage.order()
      const sold = stage.order({ side: 'sell', quantity: '0.005' })
      await venue.placeOrder(bought)
      await venue.placeOrder(stage.order({ symbol: stage.symbolOf('ETH'), quantity: '0.5' }))
      await venue.placeOrder(sold)
      const fills = await venue.fillsSince(stage.symbol, sinceMs)
      expect(fills.map(({ side, quantity }) => [side, quantity])).toEqual([
        ['buy', '0.01'],
        ['sell', '0.005'],
      ])
      const [first, second] = fills
      expect(first?.filledAtMs).toBeLessThanOrEqual(second?.filledAtMs as number)
      expect(first?.venueTradeId).not.toBe(second?.venueTradeId)
    },
  },
]
