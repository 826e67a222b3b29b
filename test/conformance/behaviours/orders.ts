import { expect } from 'vitest'
import { sum } from '#src/domain/decimal.ts'
import type { Behaviour } from '../behaviour.ts'
import { worth } from '../stage.ts'

export const orders: readonly Behaviour[] = [
  {
    name: 'a market order is filled at once, with fills that sum up to it and a fee on each',
    async run(stage) {
      const venue = await stage.venue()
      const order = stage.order({ quantity: '3' })
      await venue.placeOrder(order)
      const { venueOrderId, filled } = await stage.settled(
        order.clientOrderId,
        ({ status }) => status === 'filled',
      )
      const fills = await venue.fillsOf({ symbol: stage.symbol, venueOrderId })
      expect(sum(fills.map(({ quantity }) => quantity))).toBe(worth(filled))
      const [there] = stage.ordersOf(order.clientOrderId)
      expect(fills.length).toBe(there?.fills.length)
      expect(sum(fills.map(({ fee }) => fee))).toBe(sum(there?.fills.map(({ fee }) => fee) ?? []))
      for (const fill of fills) {
        expect(Number(fill.fee)).toBeGreaterThan(0)
        expect(fill).toMatchObject({ symbol: stage.symbol, side: 'buy', isMaker: false })
        expect(fill.feeCurrency).toBe(there?.fills[0]?.feeCurrency)
      }
    },
  },
  {
    name: 'a limit order beyond the market is filled at its price or better',
    async run(stage) {
      const venue = await stage.venue()
      const order = stage.order({ type: 'limit', price: '50100' })
      await venue.placeOrder(order)
      const { venueOrderId } = await stage.settled(order.clientOrderId, ({ status }) => status === 'filled')
      for (const { price } of await venue.fillsOf({ symbol: stage.symbol, venueOrderId }))
        expect(Number(price)).toBeLessThanOrEqual(50_100)
    },
  },
  {
    name: 'a limit order below the market rests, and is filled as a maker when the price comes to it',
    async run(stage) {
      const venue = await stage.venue()
      const order = stage.order({ type: 'limit', price: '49000' })
      await venue.placeOrder(order)
      expect(await venue.orderByClientId(order)).toMatchObject({ status: 'open' })
      await stage.steer(48_900)
      const { venueOrderId } = await stage.settled(order.clientOrderId, ({ status }) => status === 'filled')
      const [fill] = await venue.fillsOf({ symbol: stage.symbol, venueOrderId })
      expect(fill).toMatchObject({ price: '49000', isMaker: true })
    },
  },
  {
    name: 'a part of an order is told as a part, with its fills',
    async run(stage) {
      const venue = await stage.venue()
      stage.disturb({ fault: 'partial-fill', match: { request: 'order' }, share: 0.5, rest: 'stays' })
      const order = stage.order({ type: 'limit', price: '50100' })
      await venue.placeOrder(order)
      const { venueOrderId, filled } = await stage.settled(
        order.clientOrderId,
        ({ status }) => status === 'partially_filled',
      )
      expect(filled).toBe('0.005')
      const fills = await venue.fillsOf({ symbol: stage.symbol, venueOrderId })
      expect(sum(fills.map(({ quantity }) => quantity))).toBe('0.005')
    },
  },
  {
    name: 'a part that is taken back keeps what was filled',
    async run(stage) {
      const venue = await stage.venue()
      stage.disturb({ fault: 'partial-fill', match: { request: 'order' }, share: 0.5, rest: 'stays' })
      const order = stage.order({ type: 'limit', price: '50100' })
      await venue.placeOrder(order)
      await venue.cancelOrder(order)
      expect(await venue.orderByClientId(order)).toMatchObject({ status: 'canceled', filled: '0.005' })
    },
  },
  {
    name: 'a market order that the book cannot fill ends with what it got',
    async run(stage) {
      const venue = await stage.venue()
      stage.disturb({ fault: 'partial-fill', match: { request: 'order' }, share: 0.5, rest: 'expires' })
      const order = stage.order()
      await venue.placeOrder(order)
      const ended = await stage.settled(order.clientOrderId, ({ status }) => status !== 'open')
      expect(ended.filled).toBe('0.005')
      expect(['canceled', 'filled']).toContain(ended.status)
      expect(stage.ordersOf(order.clientOrderId)[0]?.status).not.toBe('open')
    },
  },
  {
    name: 'an order is taken back, and is not filled afterwards',
    async run(stage) {
      const venue = await stage.venue()
      const order = stage.order({ type: 'limit', price: '49000' })
      await venue.placeOrder(order)
      await venue.cancelOrder(order)
      await stage.steer(48_000)
      expect(stage.ordersOf(order.clientOrderId)).toMatchObject([{ status: 'canceled', filled: '0' }])
    },
  },
  {
    name: 'an order that was taken back cannot be taken back again',
    async run(stage) {
      const venue = await stage.venue()
      const order = stage.order({ type: 'limit', price: '49000' })
      await venue.placeOrder(order)
      await venue.cancelOrder(order)
      expect(await venue.cancelOrder(order)).toBeUndefined()
    },
  },
  {
    name: 'an order that was filled cannot be taken back, and stays filled',
    async run(stage) {
      const venue = await stage.venue()
      const order = stage.order()
      await venue.placeOrder(order)
      await stage.settled(order.clientOrderId, ({ status }) => status === 'filled')
      expect(await venue.cancelOrder(order)).toBeUndefined()
      expect(await venue.orderByClientId(order)).toMatchObject({ status: 'filled' })
    },
  },
  {
    name: 'an order that nobody placed cannot be taken back',
    async run(stage) {
      const venue = await stage.venue()
      expect(await venue.cancelOrder(stage.order())).toBeUndefined()
    },
  },
]
