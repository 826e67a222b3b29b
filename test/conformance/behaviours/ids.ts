import { expect } from 'vitest'
import { OrderOutcomeUnknown } from '#src/errors.ts'
import type { Behaviour } from '../behaviour.ts'

export const ids: readonly Behaviour[] = [
  {
    name: 'an id whose order is open is not taken again: the second send is evidence of the first',
    async run(stage) {
      const venue = await stage.venue()
      const order = stage.order({ type: 'limit', price: '49000' })
      await venue.placeOrder(order)
      const again = stage.order({ type: 'limit', price: '49000', clientOrderId: order.clientOrderId })
      await expect(venue.placeOrder(again)).rejects.toBeInstanceOf(OrderOutcomeUnknown)
      expect(stage.ordersOf(order.clientOrderId)).toHaveLength(1)
      expect(await venue.orderByClientId(order)).toMatchObject({ status: 'open' })
    },
  },
  {
    name: 'an id whose order was filled is taken again or not, as the venue’s documents say',
    async run(stage) {
      const venue = await stage.venue()
      const order = stage.order()
      await venue.placeOrder(order)
      await stage.settled(order.clientOrderId, ({ status }) => status === 'filled')
      const again = stage.order({ clientOrderId: order.clientOrderId })
      const error = await venue.placeOrder(again).catch((thrown: unknown) => thrown)
      const isReused = stage.place.reusesIds[stage.rules]
      if (!isReused) expect(error).toBeInstanceOf(OrderOutcomeUnknown)
      expect(stage.ordersOf(order.clientOrderId)).toHaveLength(isReused ? 2 : 1)
    },
  },
  {
    name: 'an open order is found by our id, under the venue’s id it was answered with',
    async run(stage) {
      const venue = await stage.venue()
      const order = stage.order({ type: 'limit', price: '49000' })
      const { venueOrderId } = await venue.placeOrder(order)
      expect(await venue.orderByClientId(order)).toMatchObject({
        venueOrderId,
        clientOrderId: order.clientOrderId,
        symbol: stage.symbol,
        side: 'buy',
        status: 'open',
        quantity: '0.01',
        filled: '0',
        price: '49000',
      })
    },
  },
  {
    name: 'a filled order is found by our id',
    async run(stage) {
      const venue = await stage.venue()
      const order = stage.order()
      const { venueOrderId } = await venue.placeOrder(order)
      const found = await stage.settled(order.clientOrderId, ({ status }) => status === 'filled')
      expect(found).toMatchObject({ venueOrderId, filled: '0.01' })
      expect(Number(found.averagePrice)).toBeCloseTo(50_000, -2)
    },
  },
  {
    name: 'a canceled order is found by our id',
    async run(stage) {
      const venue = await stage.venue()
      const order = stage.order({ type: 'limit', price: '49000' })
      await venue.placeOrder(order)
      await venue.cancelOrder(order)
      expect(await venue.orderByClientId(order)).toMatchObject({ status: 'canceled', filled: '0' })
    },
  },
  {
    name: 'an id that no order has is found nowhere, among other orders too',
    async run(stage) {
      const venue = await stage.venue()
      await venue.placeOrder(stage.order())
      await venue.placeOrder(stage.order({ type: 'limit', price: '49000' }))
      expect(await venue.orderByClientId(stage.order())).toBeUndefined()
    },
  },
]
