import { expect } from 'vitest'
import { Decimal, sum } from '#src/domain/decimal.ts'
import type { Behaviour } from '../behaviour.ts'
import type { Stage } from '../stage.ts'
import { worth } from '../stage.ts'

const holdsNothing = async (stage: Stage) => {
  const venue = await stage.venue()
  await venue.placeOrder(stage.order())
  expect(await venue.positions()).toEqual([])
  expect((await venue.holdings()).margin).toBeUndefined()
}

export const holdings: readonly Behaviour[] = [
  {
    name: 'balances are what the venue’s books say, after trades too',
    async run(stage) {
      const venue = await stage.venue()
      await venue.placeOrder(stage.order({ quantity: '0.5' }))
      await venue.placeOrder(stage.order({ side: 'sell', quantity: '0.2' }))
      const told = new Map((await venue.balances()).map(({ currency, total }) => [currency, worth(total)]))
      for (const [currency, { free, locked }] of Object.entries(stage.truth().balances)) {
        const total = sum([free, locked])
        if (Number(total) !== 0) expect(told.get(currency)).toBe(worth(total))
      }
    },
  },
  {
    name: 'what a resting order holds is not free',
    async run(stage) {
      const venue = await stage.venue()
      const freeOf = async () => {
        const { balances, margin } = await venue.holdings()
        return new Decimal(
          margin?.available ?? balances.find(({ currency }) => currency === 'USDT')?.free ?? 'NaN',
        )
      }
      const before = await freeOf()
      const order = stage.order({ type: 'limit', price: '49000', quantity: '1' })
      await venue.placeOrder(order)
      const during = await freeOf()
      expect(before.minus(during).toNumber()).toBeGreaterThan(49_000 / 125)
      await venue.cancelOrder(order)
      expect((await freeOf()).toString()).toBe(before.toString())
    },
  },
  {
    name: 'a position is told with its sign, its entry and its margin',
    needs: { feature: 'positions', without: holdsNothing },
    async run(stage) {
      const venue = await stage.venue()
      await venue.placeOrder(stage.order({ side: 'sell', quantity: '0.02' }))
      const [position, ...others] = await venue.positions()
      expect(others).toEqual([])
      expect(position).toMatchObject({ symbol: stage.symbol, quantity: '-0.02' })
      expect(Number(position?.entryPrice)).toBeCloseTo(50_000, -2)
      const { margin } = await venue.holdings()
      expect(Number(margin?.initialMargin)).toBeGreaterThan(0)
      expect(Number(margin?.maintenanceMargin)).toBeLessThan(Number(margin?.initialMargin))
    },
  },
  {
    name: 'leverage is set before an entry, and setting it twice is no error',
    needs: {
      feature: 'leverage',
      without: async (stage) => (await stage.venue()).prepareEntry({ symbol: stage.symbol, leverage: 1 }),
    },
    async run(stage) {
      const venue = await stage.venue()
      await venue.prepareEntry({ symbol: stage.symbol, leverage: 5 })
      await venue.prepareEntry({ symbol: stage.symbol, leverage: 5 })
      await venue.placeOrder(stage.order({ quantity: '0.1' }))
      const { margin } = await venue.holdings()
      expect(Number(margin?.initialMargin) / 1_000).toBeCloseTo(1, 1)
      expect(stage.truth().positions).toMatchObject([{ leverage: 5 }])
    },
  },
  {
    name: 'a reduce-only order takes off no more than is held, and never turns the position',
    needs: {
      feature: 'reduce-only',
      async without(stage) {
        const venue = await stage.venue()
        await venue.placeOrder(stage.order())
        const order = stage.order({ side: 'sell', isReduceOnly: true })
        await expect(venue.placeOrder(order)).rejects.toMatchObject({ code: 'reduce-only-not-valid' })
        expect(stage.ordersOf(order.clientOrderId)).toEqual([])
      },
    },
    async run(stage) {
      const venue = await stage.venue()
      await venue.placeOrder(stage.order())
      const order = stage.order({ side: 'sell', quantity: '0.02', isReduceOnly: true })
      await venue.placeOrder(order).catch((error: Error) => expect(error.name).toBe('OrderRejected'))
      for (const { quantity } of stage.truth().positions) expect(Number(quantity)).toBeGreaterThanOrEqual(0)
    },
  },
  {
    name: 'a deposit is told as money that moved without an execution',
    needs: {
      feature: 'movements',
      without: async (stage) => expect(await (await stage.venue()).movementsSince(0)).toBeUndefined(),
    },
    async run(stage) {
      const venue = await stage.venue()
      const sinceMs = (await venue.serverTime()) - 60_000
      stage.simulator.hand({ apiKey: stage.apiKey, do: 'deposit', asset: 'USDT', amount: '12.5' })
      const movements = (await venue.movementsSince(sinceMs)) ?? []
      expect(movements.map(({ kind, currency, amount }) => [kind, currency, worth(amount)])).toContainEqual([
        'deposit',
        'USDT',
        '12.5',
      ])
    },
  },
  {
    name: 'a funding payment is told as such, and has left the wallet',
    needs: { feature: 'positions', without: holdsNothing },
    async run(stage) {
      const venue = await stage.venue()
      const sinceMs = (await venue.serverTime()) - 60_000
      stage.simulator.hand({ apiKey: stage.apiKey, do: 'funding', amount: '-0.25' })
      const movements = (await venue.movementsSince(sinceMs)) ?? []
      const paid = movements.filter(({ kind }) => kind === 'funding')
      expect(paid.map(({ currency, amount }) => [currency, worth(amount)])).toEqual([['USDT', '-0.25']])
      expect((await venue.balances()).find(({ currency }) => currency === 'USDT')?.total).toMatch(
        /^999999\.75/,
      )
    },
  },
]
