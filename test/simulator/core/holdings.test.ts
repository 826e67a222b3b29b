import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Decimal } from '#src/domain/decimal.ts'
import type { Instrument } from '#src/simulator/core/instrument.ts'
import { marginState } from '#src/simulator/core/margin.ts'
import { reportOf } from '#src/simulator/report.ts'
import { type Desk, deskOn } from '../support/desk.ts'

const symbols = ['BTC/USDT', 'ETH/USDT'] as const
const start = '3000'

const step = fc.record({
  symbol: fc.constantFrom(...symbols),
  side: fc.constantFrom('buy' as const, 'sell' as const),
  value: fc.double({ min: 200, max: 60_000, noNaN: true }), // in USDT
  kind: fc.constantFrom('market', 'limit', 'stopped', 'reduce', 'protect', 'margin', 'liquidate', 'rate'),
  minutes: fc.integer({ min: 0, max: 300 }),
  moves: fc.tuple(
    fc.double({ min: -0.06, max: 0.06, noNaN: true }),
    fc.double({ min: -0.06, max: 0.06, noNaN: true }),
  ),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

const setting = fc.record({
  isHedged: fc.boolean(),
  modes: fc.tuple(
    fc.constantFrom('cross' as const, 'isolated' as const),
    fc.constantFrom('cross' as const, 'isolated' as const),
  ),
  leverage: fc.constantFrom(5, 20, 75),
})

/** A script in which each step's moves come in the middle of the time it waits. */
function scriptOf(steps: readonly Step[]): Record<string, [number, number][]> {
  const rows: Record<string, [number, number][]> = { 'BTC/USDT': [[0, 50_000]], 'ETH/USDT': [[0, 2_000]] }
  let [minute, prices] = [0, [50_000, 2_000]]
  for (const { minutes, moves } of steps) {
    prices = prices.map((price, index) => Math.round(price * (1 + (moves[index] as number)) * 100) / 100)
    for (const [index, symbol] of symbols.entries())
      rows[symbol]?.push([minute + minutes / 2, prices[index] as number])
    minute += minutes
  }
  return rows
}

function perform(desk: Desk, act: Step, isHedged: boolean, index: number): void {
  const { exchange, account } = desk
  const instrument = desk.instrument(act.symbol)
  const last = exchange.lastPrice(instrument)
  const [leg] = isHedged ? [act.value > 20_000 ? ('long' as const) : ('short' as const)] : []
  const position = account.openPositions(act.symbol).find((each) => each.leg === leg)
  const stops = { stopLoss: { price: at(instrument, last, act.side === 'buy' ? 0.98 : 1.02), wire: {} } }
  if (act.kind === 'margin') {
    if (position) exchange.holdings.moveMargin(account, position, new Decimal(act.side === 'buy' ? 50 : -20))
  } else if (act.kind === 'protect') exchange.holdings.protect(account, instrument, stops, leg)
  else if (act.kind === 'liquidate') exchange.holdings.liquidate(account, instrument)
  else if (act.kind === 'rate') exchange.funding.set('*', act.side === 'buy' ? '0.003' : '-0.003')
  else {
    const quantity = new Decimal(act.value / last).div(instrument.step).floor().times(instrument.step)
    exchange.place(account, instrument, {
      clientOrderId: `step-${index}`,
      side: act.side,
      ...(leg && { leg }),
      type: act.kind === 'limit' ? 'limit' : 'market',
      timeInForce: 'GTC',
      postOnly: false,
      reduceOnly: act.kind === 'reduce',
      closePosition: false,
      quantity,
      ...(act.kind === 'limit' && {
        price: new Decimal(at(instrument, last, act.side === 'buy' ? 0.99 : 1.01)),
      }),
      ...(act.kind === 'stopped' && { attached: stops }),
      wire: {},
    })
  }
}

function at({ tick }: Instrument, last: number, share: number): string {
  return new Decimal(last * share).div(tick).floor().times(tick).toString()
}

/** The wallet: what came in, all that was sold less all that was bought and is still held, less fees. */
function expectBalanced(desk: Desk): void {
  const { account } = desk
  let wallet = new Decimal(start)
  const held = new Map<string, Decimal>()
  for (const fill of account.fills) {
    const signed = new Decimal(fill.quantity).times(fill.side === 'buy' ? 1 : -1)
    wallet = wallet.minus(signed.times(fill.price)).minus(fill.fee)
    const key = `${fill.symbol} ${fill.leg}`
    held.set(key, (held.get(key) ?? new Decimal(0)).plus(signed))
  }
  for (const { amount } of account.transfers) wallet = wallet.plus(amount)
  for (const { symbol, leg, quantity, cost, margin } of account.positions.values()) {
    wallet = wallet.plus(cost)
    expect(quantity.toString()).toBe((held.get(`${symbol} ${leg}`) ?? new Decimal(0)).toString())
    expect(leg === 'long' ? quantity.gte(0) : leg !== 'short' || quantity.lte(0)).toBe(true)
    if (quantity.eq(0)) expect([cost.toString(), margin.toString()]).toEqual(['0', '0'])
    if (account.marginMode(symbol) === 'cross') expect(margin.toString()).toBe('0')
  }
  expect(account.balance('USDT').free.toString()).toBe(wallet.toString())
}

/** Nothing stands that its margin does not cover, no debt is left, and no stop is left of what is gone. */
function expectCovered(desk: Desk): void {
  const { account, exchange } = desk
  const marks = exchange.marks(account)
  const { cross } = marginState(account, 'USDT', marks)
  if (cross.maintenance.gt(0)) expect(cross.wallet.plus(cross.unrealized).gte(cross.maintenance)).toBe(true)
  if (account.openPositions().length === 0) expect(account.balance('USDT').free.gte(0)).toBe(true)
  for (const { record } of account.open.values()) {
    if (record.protects) expect(account.held(record.symbol, record.leg).toString()).not.toBe('0')
  }
}

test('whatever becomes of positions, money is conserved, no debt is left, and the journal gives the same ledger', () => {
  let [liquidations, fundings] = [0, 0]
  fc.assert(
    fc.property(
      setting,
      fc.array(step, { minLength: 3, maxLength: 25 }),
      ({ isHedged, modes, leverage }, steps) => {
        const desk = deskOn(scriptOf(steps), { balances: { USDT: start } })
        for (const [index, symbol] of symbols.entries()) {
          desk.exchange.holdings.setMarginMode(desk.account, symbol, modes[index] as 'cross')
          desk.exchange.setLeverage(desk.account, symbol, leverage)
        }
        for (const [index, act] of steps.entries()) {
          perform(desk, act, isHedged, index)
          expectBalanced(desk)
          desk.pass(act.minutes)
          expectBalanced(desk)
          expectCovered(desk)
        }
        liquidations += desk.account.transfers.filter(({ reason }) => reason === 'insurance').length
        fundings += desk.account.transfers.filter(({ reason }) => reason === 'funding').length
        expect(reportOf(desk.replayed())).toEqual(reportOf(desk.ledger))
      },
    ),
    { numRuns: 150 },
  )
  expect(liquidations).toBeGreaterThan(20)
  expect(fundings).toBeGreaterThan(100)
})
