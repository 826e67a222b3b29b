import { expect } from 'vitest'
import { VenueUnavailable } from '#src/errors.ts'
import type { Behaviour } from '../behaviour.ts'
import type { Stage } from '../stage.ts'

/** The gateway has measured the venue's clock, which then jumps: what it signs is old when it arrives. */
async function expires(stage: Stage): Promise<void> {
  const venue = await stage.venue()
  await venue.serverTime()
  stage.aheadMs(20_000)
  const order = stage.order()
  const error = await venue.placeOrder(order).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(VenueUnavailable)
  expect(error).toMatchObject({ code: 'clock-skew' })
  expect(stage.ordersOf(order.clientOrderId)).toEqual([])
  const again = stage.order()
  await venue.placeOrder(again)
  expect(stage.ordersOf(again.clientOrderId)).toHaveLength(1)
  stage.aheadMs(0)
  await venue.askTime().catch(() => undefined)
}

export const times: readonly Behaviour[] = [
  {
    name: 'the venue tells its time, and a time that jumped is no answer',
    async run(stage) {
      const venue = await stage.venue()
      const before = Date.now()
      const told = await venue.askTime()
      expect(told).toBeGreaterThanOrEqual(before - 1_500)
      expect(told).toBeLessThanOrEqual(Date.now() + 1_500)
      stage.aheadMs(60_000)
      await expect(venue.askTime()).rejects.toBeInstanceOf(VenueUnavailable)
      stage.aheadMs(0)
      await venue.serverTime()
    },
  },
  {
    name: 'a process whose clock is wrong measures the venue’s and trades all the same',
    async run(stage) {
      for (const wrongMs of [30_000, -30_000]) {
        const now = () => Date.now() + wrongMs
        const venue = await stage.venue(now)
        const order = stage.order({}, now)
        await venue.placeOrder(order)
        expect(stage.ordersOf(order.clientOrderId)).toHaveLength(1)
      }
    },
  },
  {
    name: 'an order that arrives after its window is not executed, and a new one is after the clock was measured',
    run: expires,
  },
]
