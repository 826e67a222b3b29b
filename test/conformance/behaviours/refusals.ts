import { expect } from 'vitest'
import { OrderRejected } from '#src/errors.ts'
import type { Behaviour } from '../behaviour.ts'
import type { Stage } from '../stage.ts'

type Change = Parameters<Stage['order']>[0]

/** An order is refused for good, for this reason, and nothing of it is executed. */
export async function isRefused(stage: Stage, change: Change, code: string): Promise<void> {
  const venue = await stage.venue()
  const order = stage.order(change)
  const error = await venue.placeOrder(order).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(OrderRejected)
  expect(error).toMatchObject({ code })
  expect(stage.ordersOf(order.clientOrderId).flatMap(({ fills }) => fills)).toEqual([])
  expect(stage.truth().orders.filter(({ status }) => status === 'open')).toEqual([])
}

export const refusals: readonly Behaviour[] = [
  {
    name: 'an order beyond what the account owns is refused for want of funds',
    balances: { USDT: '1000' },
    run: (stage) => isRefused(stage, { type: 'limit', price: '49500', quantity: '2' }, 'insufficient-funds'),
  },
  {
    name: 'a market order beyond what the account owns is refused for want of funds',
    balances: { USDT: '1000' },
    run: (stage) => isRefused(stage, { quantity: '2' }, 'insufficient-funds'),
  },
  {
    name: 'an order below the venue’s minimum is refused by its filter',
    run(stage) {
      const { base, quantity } = stage.place.tooSmall
      return isRefused(stage, { symbol: stage.symbolOf(base), quantity }, 'filter')
    },
  },
  {
    name: 'a quantity finer than the venue’s step is refused, and not cut',
    run: (stage) => isRefused(stage, { quantity: '0.0123456789123' }, 'filter'),
  },
  {
    name: 'a price finer than the venue’s tick is refused, and not cut',
    run: (stage) => isRefused(stage, { type: 'limit', price: '49000.1234567' }, 'filter'),
  },
  {
    name: 'a symbol the venue does not list is refused',
    run: (stage) => isRefused(stage, { symbol: stage.symbolOf('NOPE') }, 'other'),
  },
  {
    name: 'a reduce-only order without anything to reduce is refused',
    run: (stage) => isRefused(stage, { side: 'sell', isReduceOnly: true }, 'reduce-only-not-valid'),
  },
]
