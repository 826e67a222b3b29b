import { describe, expect, test } from 'vitest'
import { Decimal } from '#src/domain/decimal.ts'
import { bankruptcyPrice, liquidationPrice } from '#src/simulator/core/liquidation-price.ts'
import type { Order } from '#src/simulator/core/order.ts'
import { type Desk, deskOn } from '../support/desk.ts'

const market = { balances: { USDT: '1000' } }
const steep = {
  'BTC/USDT': [
    [0, 50_000],
    [1, 46_000],
    [2, 44_000],
    [3, 30_000],
    [4, 50_000],
  ],
} as const
const steady = { ...steep, 'ETH/USDT': [[0, 2_000]] } as const
const insurance = (desk: Desk) => desk.account.transfers.filter(({ reason }) => reason === 'insurance')
const forced = (desk: Desk) => [...desk.account.orders.values()].filter(({ record }) => record.forced)
const held = (desk: Desk, symbol = 'BTC/USDT') => desk.account.held(symbol).toString()

describe('what is not taken away', () => {
  test('a position that its margin covers at every price', () => {
    const desk = deskOn(steep, { balances: { USDT: '10000' } })
    desk.order({ quantity: '0.1' })
    desk.pass(10)
    expect(held(desk)).toBe('0.1')
    expect(insurance(desk)).toEqual([])
  })

  test('a position whose stop is reached first', () => {
    const desk = deskOn(steep, market)
    desk.order({ quantity: '0.2', attached: { stopLoss: { price: '47000', wire: {} } } })
    desk.pass(10)
    expect(held(desk)).toBe('0')
    expect(forced(desk)).toEqual([])
  })

  test('other isolated positions, and the money that is not set aside', () => {
    const desk = deskOn(steady, market)
    desk.exchange.holdings.setMarginMode(desk.account, '*', 'isolated')
    desk.order({ quantity: '0.05' }) // 125 USDT set aside at 20x
    desk.order({ symbol: 'ETH/USDT', quantity: '1' }) // 100
    const stop = desk.order({
      symbol: 'ETH/USDT',
      quantity: '0.5',
      side: 'sell',
      reduceOnly: true,
      price: '2050',
    })
    desk.pass(10)
    expect([held(desk), held(desk, 'ETH/USDT'), stop.status]).toEqual(['0', '1', 'open'])
    const { free } = desk.account.balance('USDT')
    const fees = desk.account.fills.reduce((sum, { fee }) => sum.plus(fee), new Decimal(0))
    expect(free.gte(new Decimal(1000).minus(125.1).minus(fees))).toBe(true)
    expect(free.gt(0)).toBe(true)
  })
})

describe('a cross position whose margin is gone', () => {
  test('is taken away by a core that was down as the price fell, though no order waited', () => {
    const desk = deskOn(steep, market)
    desk.order({ quantity: '0.2' })
    desk.exchange.rememberClock()
    desk.clock.advance(600_000)
    const exchange = desk.restarted()
    exchange.advance()
    expect(exchange.ledger.accountOrThrow('desk').openPositions()).toEqual([])
  })

  test('is closed by the venue, its orders are taken back, and the fund takes its fee of what is left', () => {
    const desk = deskOn(steep, market)
    desk.order({ quantity: '0.2' })
    const waiting = desk.order({ quantity: '0.003', price: '48000' })
    const conditional = desk.order({
      side: 'sell',
      closePosition: true,
      trigger: { price: '20000', when: 'falls', becomesNew: true },
    })
    desk.pass(10)
    const [order] = forced(desk) as [Order]
    expect(order.record).toMatchObject({ side: 'sell', reduceOnly: true, quantity: '0.203' })
    expect(order.status).toBe('filled')
    expect([waiting.status, conditional.status]).toEqual(['filled', 'canceled'])
    expect(held(desk)).toBe('0')
    expect(desk.account.balance('USDT').free.gte(0)).toBe(true)
    expect(insurance(desk)).toMatchObject([{ symbol: 'BTC/USDT', asset: 'USDT' }])
  })

  test('never leaves a debt, however far the price has jumped: the fund pays', () => {
    const desk = deskOn(
      {
        'BTC/USDT': [
          [0, 50_000],
          [1, 30_000],
        ],
      },
      market,
    )
    desk.order({ quantity: '0.2' })
    const [position] = desk.account.openPositions()
    const bankrupt = bankruptcyPrice(
      desk.account,
      position as NonNullable<typeof position>,
      'USDT',
      desk.exchange.marks(desk.account),
    )
    desk.pass(1)
    const [order] = forced(desk) as [Order]
    expect(order.fills.every(({ price }) => new Decimal(price).gte(bankrupt as Decimal))).toBe(true)
    expect(desk.account.balance('USDT').free.toString()).toBe('0')
    expect(new Decimal(insurance(desk)[0]?.amount ?? 0).gt(0)).toBe(true)
  })

  test('takes a short away as the price rises', () => {
    const desk = deskOn(
      {
        'BTC/USDT': [
          [0, 50_000],
          [1, 56_000],
        ],
      },
      market,
    )
    desk.order({ side: 'sell', quantity: '0.2' })
    desk.pass(1)
    expect(held(desk)).toBe('0')
    expect(forced(desk)[0]?.record.side).toBe('buy')
  })

  test('takes the position that needs most first, and leaves the rest where that is enough', () => {
    const script = {
      'BTC/USDT': [
        [0, 50_000],
        [1, 45_200],
      ],
      'ETH/USDT': [[0, 2_000]],
    } as const
    const desk = deskOn(script, market)
    desk.order({ quantity: '0.2' })
    desk.order({ symbol: 'ETH/USDT', quantity: '0.5' })
    desk.pass(1)
    expect([held(desk), held(desk, 'ETH/USDT')]).toEqual(['0', '0.5'])
    expect(desk.account.balance('USDT').free.gte(0)).toBe(true)
  })
})

describe('the price at which a position is taken away', () => {
  test.each(['buy', 'sell'] as const)('one tick before it a %s stands, at it it is gone', (side) => {
    const [still, gone] = ([-1, 1] as const).map((beyond) => {
      const asked = deskOn({ 'BTC/USDT': [[0, 50_000]] }, market)
      asked.order({ side, quantity: '0.2' })
      const marks = asked.exchange.marks(asked.account)
      const price = (liquidationPrice(asked.account, 'BTC/USDT', 'USDT', marks) as Decimal).toNumber()
      const away = side === 'buy' ? price - beyond * 0.1 : price + beyond * 0.1
      const desk = deskOn(
        {
          'BTC/USDT': [
            [0, 50_000],
            [1, away],
          ],
        },
        market,
      )
      desk.order({ side, quantity: '0.2' })
      desk.pass(1)
      return held(desk) === '0'
    })
    expect([still, gone]).toEqual([false, true])
  })

  test('of an isolated position does not move with the wallet', () => {
    const desk = deskOn({ 'BTC/USDT': [[0, 50_000]] }, market)
    desk.exchange.holdings.setMarginMode(desk.account, 'BTC/USDT', 'isolated')
    desk.order({ quantity: '0.05' })
    const price = () =>
      liquidationPrice(desk.account, 'BTC/USDT', 'USDT', desk.exchange.marks(desk.account)) as Decimal
    const before = price()
    desk.exchange.transfer(desk.account, { asset: 'USDT', amount: '5000', reason: 'deposit' })
    expect(price().toString()).toBe(before.toString())
    const [position] = desk.account.openPositions()
    expect(
      desk.exchange.holdings.moveMargin(
        desk.account,
        position as NonNullable<typeof position>,
        new Decimal(100),
      ),
    ).toBe(true)
    expect(price().lt(before)).toBe(true)
  })
})
