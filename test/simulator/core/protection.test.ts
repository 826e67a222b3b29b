import { describe, expect, test } from 'vitest'
import type { Order } from '#src/simulator/core/order.ts'
import { deskOn } from '../support/desk.ts'

const wire = { type: 'attached' }
const flat = { 'BTC/USDT': [[0, 50_000]] } as const
const falls = {
  'BTC/USDT': [
    [0, 50_000],
    [1, 49_000],
    [2, 48_000],
    [3, 50_000],
  ],
} as const
const entry = { quantity: '0.01' }
const stopped = {
  ...entry,
  attached: { stopLoss: { price: '49500', wire }, takeProfit: { price: '51000', wire } },
}

describe('a stop that belongs to a position', () => {
  test('is not there before its entry is filled, nor when the entry is taken back', () => {
    const desk = deskOn(falls)
    const order = desk.order({ ...stopped, price: '48500' })
    expect(desk.account.open.size).toBe(1)
    desk.exchange.cancel(desk.account, order)
    expect([...desk.account.orders.values()]).toEqual([order])
  })

  test('is not set where nothing is held, or where the price is there already; nothing changes then', () => {
    const desk = deskOn(flat)
    const { holdings } = desk.exchange
    expect(holdings.protect(desk.account, desk.instrument(), { stopLoss: { price: '49000', wire } })).toBe(
      'reduce-only',
    )
    desk.order(entry)
    const before = desk.events.length
    const wrong = { takeProfit: { price: '52000', wire }, stopLoss: { price: '50500', wire } }
    expect(holdings.protect(desk.account, desk.instrument(), wrong)).toBe('would-trigger')
    expect(desk.events.length).toBe(before)
  })

  test('closes all of it when its price is reached, and its target ends with it', () => {
    const desk = deskOn(falls)
    const order = desk.order(stopped)
    desk.order(entry) // the stop grows with the position
    const [stop, target] = [...desk.account.open.values()] as [Order, Order]
    expect([stop.record.attachedTo, target.record.attachedTo]).toEqual([order.record.id, order.record.id])
    desk.pass(5)
    expect(stop.status).toBe('filled')
    expect(stop.filled.toString()).toBe('0.02')
    expect(target.status).toBe('expired')
    expect(desk.account.held('BTC/USDT').toString()).toBe('0')
    expect(desk.account.open.size).toBe(0)
  })

  test('takes the place of the one before, and null takes it off', () => {
    const desk = deskOn(flat)
    desk.order(stopped)
    desk.order({ ...entry, attached: { stopLoss: { price: '49700', wire } } })
    const kinds = () =>
      [...desk.account.open.values()]
        .map(({ record }) => `${record.protects} ${record.trigger?.price}`)
        .sort()
    expect(kinds()).toEqual(['stop-loss 49700', 'take-profit 51000'])
    const { holdings } = desk.exchange
    expect(holdings.protect(desk.account, desk.instrument(), { takeProfit: null })).toBeUndefined()
    expect(kinds()).toEqual(['stop-loss 49700'])
  })

  test('ends when the position turns round, for it would only make that larger', () => {
    const desk = deskOn(flat)
    desk.order(stopped)
    desk.order({ side: 'sell', quantity: '0.03' })
    expect(desk.account.held('BTC/USDT').toString()).toBe('-0.02')
    expect(desk.account.open.size).toBe(0)
  })

  test('comes with the first part of a limit entry that is filled bit by bit, once', () => {
    const thin = { change: (each: ReturnType<typeof desk.instrument>) => ({ ...each, topOfBook: 300 }) }
    const desk: ReturnType<typeof deskOn> = deskOn(
      {
        'BTC/USDT': [
          [0, 50_000],
          [1, 49_900],
          [2, 49_900],
          [3, 49_900],
          [4, 49_900],
        ],
      },
      thin,
    )
    const order = desk.order({ ...stopped, price: '49900', quantity: '0.014' })
    desk.pass(1)
    expect(order.status).toBe('open')
    expect(order.filled.gt(0)).toBe(true)
    desk.pass(4)
    expect(order.status).toBe('filled')
    expect(order.fills.length).toBeGreaterThan(1)
    const made = [...desk.account.orders.values()].map(({ record }) => record.protects ?? 'entry')
    expect(made).toEqual(['entry', 'stop-loss', 'take-profit'])
  })
})

describe('an order that an entry leaves behind', () => {
  const spot = { market: 'spot' as const, balances: { USDT: '1000' } }
  const close = {
    type: 'market' as const,
    trigger: { price: '49500', when: 'falls' as const, becomesNew: false },
    wire,
  }

  test('is as large as what was filled, and born when the entry ends', () => {
    const change = (each: ReturnType<typeof desk.instrument>) => ({ ...each, topOfBook: 300 })
    const desk: ReturnType<typeof deskOn> = deskOn(
      {
        'BTC/USDT': [
          [0, 50_000],
          [1, 49_900],
        ],
      },
      { market: 'spot', balances: { USDT: '1000', BTC: '0.001' }, change },
    )
    const order = desk.order({ quantity: '0.02', price: '49900', attached: { close } })
    desk.pass(1)
    const { filled } = order
    expect(order.status).toBe('open')
    expect(desk.account.open.size).toBe(1)
    desk.exchange.cancel(desk.account, order)
    const [born] = [...desk.account.open.values()] as [Order]
    expect(born.record).toMatchObject({
      side: 'sell',
      attachedTo: order.record.id,
      clientOrderId: `close-${born.record.id}`,
    })
    expect(filled.minus(born.quantity).lt(desk.instrument().step)).toBe(true)
  })

  test('sells what was bought when its price is reached', () => {
    const desk = deskOn(falls, { ...spot, balances: { USDT: '1000', BTC: '0.001' } })
    desk.order({ quantity: '0.01', attached: { close } })
    const [born] = [...desk.account.open.values()] as [Order]
    desk.pass(5)
    expect(born.status).toBe('filled')
    expect(born.filled.toString()).toBe('0.01')
  })

  test('is not born where the account cannot back it: the fee was taken from what was bought', () => {
    const desk = deskOn(falls, spot)
    desk.order({ quantity: '0.01', attached: { close } })
    expect(desk.account.balance('BTC').free.lt('0.01')).toBe(true)
    expect(desk.account.open.size).toBe(0)
    expect(desk.account.balance('BTC').locked.toString()).toBe('0')
  })
})
