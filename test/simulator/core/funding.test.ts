import { describe, expect, test } from 'vitest'
import { deskOn } from '../support/desk.ts'

const eightHours = 480
const flat = { 'BTC/USDT': [[0, 50_000]], 'ETH/USDT': [[0, 2_000]] } as const
const paid = (desk: ReturnType<typeof deskOn>) =>
  desk.account.transfers
    .filter(({ reason }) => reason === 'funding')
    .map(({ symbol, amount }) => `${symbol} ${amount}`)

describe('funding', () => {
  test('is nothing to who holds nothing, or has closed before', () => {
    const desk = deskOn(flat)
    desk.order({ quantity: '0.01' })
    desk.pass(eightHours - 1)
    desk.order({ side: 'sell', quantity: '0.01', reduceOnly: true })
    desk.pass(eightHours)
    expect(paid(desk)).toEqual([])
    expect(desk.ledger.fundings).toEqual([])
  })

  test('is paid by longs and got by shorts at the venue’s hours, once each, however long nobody looked', () => {
    const desk = deskOn(flat, { balances: { USDT: '5000' } })
    desk.order({ quantity: '0.01' })
    desk.order({ symbol: 'ETH/USDT', side: 'sell', quantity: '0.5' })
    desk.pass(eightHours * 2 + 5)
    expect(paid(desk).sort()).toEqual(
      ['BTC/USDT -0.05', 'BTC/USDT -0.05', 'ETH/USDT 0.1', 'ETH/USDT 0.1'].sort(),
    )
    desk.pass(1)
    expect(paid(desk)).toHaveLength(4)
  })

  test('costs what was set, of one symbol or of all, until it is given back to the tape', () => {
    const desk = deskOn(flat, { balances: { USDT: '5000' } })
    const { funding } = desk.exchange
    funding.set('*', '-0.001')
    funding.set('binance ETH/USDT', '0.002')
    desk.order({ quantity: '0.01' })
    desk.order({ symbol: 'ETH/USDT', quantity: '0.5' })
    desk.pass(eightHours)
    expect(paid(desk).sort()).toEqual(['BTC/USDT 0.5', 'ETH/USDT -2'])
    funding.set('*', null)
    desk.pass(eightHours)
    expect(paid(desk)).toContain('BTC/USDT -0.05')
  })

  test('follows where the price has gone, within bounds', () => {
    const desk = deskOn({
      'BTC/USDT': [
        [0, 50_000],
        [1, 52_000],
      ],
      'ETH/USDT': [
        [0, 2_000],
        [1, 100],
      ],
    })
    const at = desk.clock.marketNow() + eightHours * 60_000
    expect(desk.exchange.funding.rateAt(desk.instrument(), at)).toBe('0.00050000')
    expect(desk.exchange.funding.rateAt(desk.instrument('ETH/USDT'), at)).toBe('-0.00080000')
  })

  test('of an isolated position comes out of what is set aside for it', () => {
    const desk = deskOn(flat)
    desk.exchange.holdings.setMarginMode(desk.account, 'BTC/USDT', 'isolated')
    desk.order({ quantity: '0.01' })
    const [position] = desk.account.openPositions()
    const before = position?.margin
    desk.pass(eightHours)
    expect(position?.margin.toString()).toBe(before?.minus('0.05').toString())
  })

  test('is not paid again by a core that starts from the journal where the clock was not remembered', () => {
    const desk = deskOn(flat)
    desk.order({ quantity: '0.01' })
    desk.pass(eightHours)
    const again = desk.restarted()
    again.funding.pay(desk.instrument(), desk.clock.marketNow())
    expect(again.ledger.fundings).toEqual(desk.ledger.fundings)
    expect(again.ledger.accountOrThrow('desk').transfers).toHaveLength(1)
  })
})
