import { expect } from 'vitest'
import { OrderRejected } from '#src/errors.ts'
import type { Behaviour } from '../behaviour.ts'
import type { Stage } from '../stage.ts'

const stopOf = (stopPrice: string) =>
  ({ side: 'sell', type: 'stop_market', stopPrice, isReduceOnly: true }) as const

/** Where no stop can wait, one is refused before anything is sent. */
async function takesNoStop(stage: Stage): Promise<void> {
  const venue = await stage.venue()
  await venue.placeOrder(stage.order())
  await expect(venue.placeOrder(stage.order(stopOf('49000')))).rejects.toBeInstanceOf(OrderRejected)
  expect(stage.truth().orders).toHaveLength(1)
}

const needs = { feature: 'stops', without: takesNoStop } as const

/** A position with a stop under it. */
async function protectedAt(stage: Stage, stopPrice: string) {
  const venue = await stage.venue()
  await venue.placeOrder(stage.order())
  const stop = stage.order(stopOf(stopPrice))
  await venue.placeOrder(stop)
  return { venue, stop }
}

export const stops: readonly Behaviour[] = [
  {
    name: 'a stop waits, is found by our id and is listed as a stop',
    needs,
    async run(stage) {
      const { venue, stop } = await protectedAt(stage, '49000')
      expect(await venue.orderByClientId(stop)).toMatchObject({ status: 'open', isStop: true, side: 'sell' })
      const open = await venue.openOrders(stage.symbol)
      expect(open).toMatchObject([{ clientOrderId: stop.clientOrderId, isStop: true }])
    },
  },
  {
    name: 'a stop is hit at its price, not before it, and what it sold is found by its id',
    needs,
    async run(stage) {
      const { venue, stop } = await protectedAt(stage, '49000')
      await stage.steer(49_001)
      expect(await venue.orderByClientId(stop)).toMatchObject({ status: 'open' })
      await stage.steer(49_000)
      const hit = await stage.settled(stop.clientOrderId, ({ status }) => status === 'filled', 'stop_market')
      const fills = await venue.fillsOf(hit)
      expect(fills).toMatchObject([{ side: 'sell', quantity: '0.01' }])
      expect(await venue.positions()).toEqual([])
    },
  },
  {
    name: 'a stop that is taken back is not hit',
    needs,
    async run(stage) {
      const { venue, stop } = await protectedAt(stage, '49000')
      await venue.cancelOrder(stop)
      await stage.steer(48_000)
      expect(await venue.orderByClientId(stop)).toMatchObject({ status: 'canceled' })
      expect(await venue.positions()).toMatchObject([{ quantity: '0.01' }])
    },
  },
  {
    name: 'a stop that the price has passed already is refused',
    needs,
    async run(stage) {
      const venue = await stage.venue()
      await venue.placeOrder(stage.order())
      await expect(venue.placeOrder(stage.order(stopOf('50500')))).rejects.toBeInstanceOf(OrderRejected)
    },
  },
  {
    name: 'an entry carries its stop: what it opened is protected from its fill on, and sold at the stop',
    needs: {
      feature: 'attached-stop',
      async without(stage) {
        const venue = await stage.venue()
        const order = stage.order({ attachedStop: '49000' })
        await expect(venue.placeOrder(order)).rejects.toBeInstanceOf(OrderRejected)
        expect(stage.truth().orders).toEqual([])
      },
    },
    async run(stage) {
      const venue = await stage.venue()
      const order = stage.order({ attachedStop: '49000' })
      await venue.placeOrder(order)
      await stage.settled(order.clientOrderId, ({ status }) => status === 'filled')
      await stage.steer(49_001)
      expect(await venue.positions()).toMatchObject([{ quantity: '0.01' }])
      await stage.steer(49_000)
      expect(await venue.positions()).toEqual([])
    },
  },
  {
    name: 'a take-profit waits above, and sells when the price comes to it',
    async run(stage) {
      const venue = await stage.venue()
      await venue.placeOrder(stage.order({ quantity: '0.02' }))
      const client = await stage.client()
      const isHeld = stage.card.hasReduceOnly
      const how = { takeProfitPrice: 51_000, ...(isHeld && { reduceOnly: true }) }
      await client.createOrder(stage.symbol, 'market', 'sell', 0.01, undefined, how)
      const sold = () =>
        stage
          .truth()
          .orders.filter(({ side }) => side === 'sell')
          .flatMap(({ fills }) => fills)
      await stage.steer(50_900)
      expect(sold()).toEqual([])
      await stage.steer(51_000)
      expect(sold()).toMatchObject([{ quantity: '0.01' }])
    },
  },
]
