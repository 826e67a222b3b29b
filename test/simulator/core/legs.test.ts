import { describe, expect, test } from 'vitest'
import { Decimal } from '#src/domain/decimal.ts'
import { marginState } from '#src/simulator/core/margin.ts'
import { deskOn } from '../support/desk.ts'

const flat = { 'BTC/USDT': [[0, 50_000]] } as const
const rich = { balances: { USDT: '100000' } }
const long = { leg: 'long' } as const
const short = { leg: 'short', side: 'sell' } as const

describe('two positions in one symbol', () => {
  test('an order that closes a leg takes off no more than is held, and is refused where nothing is', () => {
    const desk = deskOn(flat, rich)
    expect(desk.refusal({ ...long, side: 'sell', quantity: '0.1' })).toBe('reduce-only')
    desk.order({ ...long, quantity: '0.1' })
    const order = desk.order({ ...long, side: 'sell', quantity: '5' })
    expect([order.record.quantity, order.record.reduceOnly, order.status]).toEqual(['0.1', true, 'filled'])
    expect(desk.account.openPositions()).toEqual([])
  })

  test('stand beside each other, each with its own price and its own result', () => {
    const desk = deskOn(flat, rich)
    desk.order({ ...long, quantity: '0.2' })
    desk.order({ ...short, quantity: '0.3' })
    expect(desk.account.held('BTC/USDT', 'long').toString()).toBe('0.2')
    expect(desk.account.held('BTC/USDT', 'short').toString()).toBe('-0.3')
    expect(desk.account.held('BTC/USDT').toString()).toBe('0')
    const state = marginState(desk.account, 'USDT', desk.exchange.marks(desk.account))
    expect(state.positionMargin.toString()).toBe(new Decimal(50_000).times('0.5').div(20).toString())
  })

  test('a stop of one leg leaves the other alone', () => {
    const desk = deskOn(
      {
        'BTC/USDT': [
          [0, 50_000],
          [1, 49_000],
        ],
      },
      rich,
    )
    desk.order({ ...long, quantity: '0.2', attached: { stopLoss: { price: '49500', wire: {} } } })
    desk.order({ ...short, quantity: '0.3', attached: { stopLoss: { price: '50500', wire: {} } } })
    desk.pass(1)
    expect(desk.account.openPositions().map(({ leg, quantity }) => `${leg} ${quantity}`)).toEqual([
      'short -0.3',
    ])
    expect([...desk.account.open.values()].map(({ record }) => record.leg)).toEqual(['short'])
  })
})

describe('how much may be held', () => {
  test('grows as the leverage falls, and what reduces is never too much', () => {
    const desk = deskOn(flat, { balances: { USDT: '10000000' } })
    desk.exchange.setLeverage(desk.account, 'BTC/USDT', 125)
    expect(desk.refusal({ quantity: '6.1' })).toBe('position-limit')
    desk.order({ quantity: '5' })
    expect(desk.refusal({ quantity: '1.1' })).toBe('position-limit')
    expect(desk.order({ side: 'sell', quantity: '10' }).status).toBe('filled')
    desk.exchange.setLeverage(desk.account, 'BTC/USDT', 50)
    expect(desk.order({ quantity: '20' }).status).toBe('filled')
  })

  test('is what the book gives: a market order that it has not enough for is refused', () => {
    const desk = deskOn(flat, { ...rich, change: (each) => ({ ...each, topOfBook: 0.01 }) })
    expect(desk.refusal({ quantity: '0.1' })).toBe('thin-book')
  })
})
