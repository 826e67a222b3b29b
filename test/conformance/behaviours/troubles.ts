import { expect } from 'vitest'
import { OrderOutcomeUnknown, VenueUnavailable } from '#src/errors.ts'
import type { Behaviour } from '../behaviour.ts'
import type { Stage } from '../stage.ts'

type Rule = Parameters<Stage['disturb']>[0]

/** Sends an order whose outcome nobody can know, and asks what became of it. */
async function sendsIntoTheDark(stage: Stage, rule: Rule) {
  const venue = await stage.venue()
  await venue.serverTime()
  stage.disturb({ match: { request: 'order' }, times: 1, ...rule })
  const order = stage.order()
  await expect(venue.placeOrder(order)).rejects.toBeInstanceOf(OrderOutcomeUnknown)
  const found = await venue.orderByClientId({ symbol: stage.symbol, clientOrderId: order.clientOrderId })
  return { found, there: stage.ordersOf(order.clientOrderId) }
}

const isThere = async (stage: Stage, rule: Rule) => {
  const { found, there } = await sendsIntoTheDark(stage, rule)
  expect(there).toHaveLength(1)
  expect(found).toMatchObject({ status: 'filled', quantity: '0.01', filled: '0.01' })
}
const isNotThere = async (stage: Stage, rule: Rule) => {
  const { found, there } = await sendsIntoTheDark(stage, rule)
  expect(there).toEqual([])
  expect(found).toBeUndefined()
}

export const troubles: readonly Behaviour[] = [
  {
    name: 'an order whose answer is lost is unknown, and found by its id',
    run: (stage) => isThere(stage, { fault: 'drop-after-accept' }),
  },
  {
    name: 'an order that is lost on its way is unknown, and not found',
    run: (stage) => isNotThere(stage, { fault: 'drop-before' }),
  },
  {
    name: 'a server error behind an execution is unknown, and found by its id',
    run: (stage) => isThere(stage, { fault: '5xx-executed' }),
  },
  {
    name: 'a server error without an execution is unknown, and not found',
    run: (stage) => isNotThere(stage, { fault: '5xx-not-executed' }),
  },
  {
    name: 'the venue’s own words for an unknown outcome are unknown, and found by the id',
    run: (stage) => isThere(stage, { fault: '-1007-executed' }),
  },
  {
    name: 'half an answer is unknown, and found by the id',
    run: (stage) => isThere(stage, { fault: 'truncated-body' }),
  },
  {
    name: 'an empty answer is unknown, and found by the id',
    run: (stage) => isThere(stage, { fault: 'empty-body' }),
  },
  {
    name: 'a web page for an answer is unknown, and found by the id',
    run: (stage) => isThere(stage, { fault: 'html-body' }),
  },
  {
    name: 'an answer that names no order is unknown, and found by the id',
    run: (stage) => isThere(stage, { fault: 'order-without-id' }),
  },
  {
    name: 'an order that meets the venue’s limit is not executed and may come again',
    async run(stage) {
      const venue = await stage.venue()
      await venue.serverTime()
      stage.disturb({ fault: '429', match: { request: 'order' }, times: 1 })
      const order = stage.order()
      const error = await venue.placeOrder(order).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(VenueUnavailable)
      expect(error).toMatchObject({ code: 'rate-limited' })
      expect(stage.ordersOf(order.clientOrderId)).toEqual([])
    },
  },
  {
    name: 'a question that gets no answer changes nothing and may be asked again',
    async run(stage) {
      const venue = await stage.venue()
      await venue.serverTime()
      stage.disturb({ fault: 'reset', match: { request: 'account' }, executed: false, times: 1 })
      await expect(venue.balances()).rejects.toBeInstanceOf(VenueUnavailable)
      expect((await venue.balances()).find(({ currency }) => currency === 'USDT')?.total).toMatch(/^1000000/)
    },
  },
  {
    name: 'a cancellation that the venue confirms and does not do is seen when it is asked',
    async run(stage) {
      const venue = await stage.venue()
      const order = stage.order({ type: 'limit', price: '49000' })
      await venue.placeOrder(order)
      stage.disturb({ fault: 'cancel-lost', match: { request: 'cancel' }, times: 1 })
      await venue.cancelOrder(order)
      expect(await venue.orderByClientId(order)).toMatchObject({ status: 'open' })
    },
  },
  {
    name: 'a cancellation whose answer is lost is unknown, and seen when it is asked',
    async run(stage) {
      const venue = await stage.venue()
      const order = stage.order({ type: 'limit', price: '49000' })
      await venue.placeOrder(order)
      stage.disturb({ fault: 'drop-after-accept', match: { request: 'cancel' }, times: 1 })
      await expect(venue.cancelOrder(order)).rejects.toBeInstanceOf(OrderOutcomeUnknown)
      expect(await venue.orderByClientId(order)).toMatchObject({ status: 'canceled' })
    },
  },
]
