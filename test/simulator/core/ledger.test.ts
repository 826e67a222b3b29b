import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Decimal } from '#src/domain/decimal.ts'
import { manualClock } from '#src/simulator/clock.ts'
import type { Account } from '#src/simulator/core/account.ts'
import { Exchange } from '#src/simulator/core/exchange.ts'
import type { Instrument, Market } from '#src/simulator/core/instrument.ts'
import { openJournal } from '#src/simulator/core/journal.ts'
import { Ledger } from '#src/simulator/core/ledger.ts'
import type { Placement } from '#src/simulator/core/placement.ts'
import { reportOf } from '#src/simulator/report.ts'
import { openTape } from '#src/simulator/tape/tape.ts'
import { binance } from '#src/simulator/venues/binance/binance.ts'
import { newFolder } from '../support/csv.ts'

const now = Date.UTC(2026, 5, 17, 13)
const tape = openTape('synthetic', { seed: 3, speed: 1, nowMs: now })
const instruments = binance.instruments(tape)
const find = (_: string, market: Market, symbol: string) =>
  instruments.find((each) => each.market === market && each.symbol === symbol)
const start: Record<Market, Record<string, string>> = {
  spot: { USDT: '60000', BTC: '0.5', ETH: '4', BNB: '0.3' },
  futures: { USDT: '30000', BNB: '0.2' },
}

function open(home: string) {
  const ledger = new Ledger(find)
  const journal = openJournal(home, (event) => ledger.apply(event))
  const clock = manualClock(now, () => 1_700_000_000_000)
  const exchange = new Exchange({ ledger, clock, tape, journal, feeOf: binance.feeOf })
  return { ledger, clock, exchange, journal }
}

/** What a user may do; numbers are scaled to the symbol's price when it is done. */
const action = fc.record({
  symbol: fc.constantFrom('BTC/USDT', 'ETH/USDT', 'BNB/USDT'),
  side: fc.constantFrom('buy' as const, 'sell' as const),
  kind: fc.constantFrom(
    'market',
    'limit',
    'maker',
    'ioc',
    'fok',
    'stop',
    'profit',
    'stop-limit',
    'cancel',
    'burn',
  ),
  value: fc.double({ min: 20, max: 9000, noNaN: true }), // in USDT
  away: fc.double({ min: 0.0002, max: 0.01, noNaN: true }), // from the last price
  reduceOnly: fc.boolean(),
  waitMs: fc.integer({ min: 0, max: 900_000 }),
  clientOrderId: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
})
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never

function perform(exchange: Exchange, account: Account, market: Market, act: Action): void {
  const instrument = find('binance', market, act.symbol) as Instrument
  const last = exchange.lastPrice(instrument)
  if (act.kind === 'burn') {
    exchange.set(account, market === 'spot' ? 'bnbBurn' : 'feeBurn', String(act.reduceOnly))
  } else if (act.kind === 'cancel') {
    const [order] = account.open.values()
    if (order !== undefined) exchange.cancel(account, order)
  } else exchange.place(account, instrument, wishOf(act, instrument, last))
}

function wishOf(act: Action, { tick, step, market }: Instrument, last: number): Placement {
  const near = (direction: number) =>
    new Decimal(last * (1 + direction * act.away)).div(tick).floor().times(tick)
  const isTrigger = ['stop', 'profit', 'stop-limit'].includes(act.kind)
  const isLimit = ['limit', 'maker', 'ioc', 'fok', 'stop-limit'].includes(act.kind)
  const rises = (act.side === 'buy') === (act.kind !== 'profit')
  return {
    clientOrderId: act.clientOrderId,
    side: act.side,
    type: isLimit ? 'limit' : 'market',
    timeInForce: act.kind === 'ioc' ? 'IOC' : act.kind === 'fok' ? 'FOK' : 'GTC',
    postOnly: act.kind === 'maker',
    reduceOnly: market === 'futures' && act.reduceOnly,
    closePosition: false,
    quantity: new Decimal(act.value / last).div(step).floor().times(step),
    price: isLimit ? near(act.side === 'buy' ? -1 : 1) : undefined,
    trigger: isTrigger
      ? {
          price: near(rises ? 1 : -1).toString(),
          when: rises ? 'rises' : 'falls',
          becomesNew: market === 'futures',
        }
      : undefined,
    wire: { type: act.kind },
  }
}

describe.each(['spot', 'futures'] as const)('whatever a %s account does', (market) => {
  test('value is conserved to the last digit, nothing is owed, and the journal gives the same ledger again', () => {
    fc.assert(
      fc.property(fc.array(action, { minLength: 5, maxLength: 40 }), (actions) => {
        const home = newFolder()
        const { ledger, clock, exchange, journal } = open(home)
        const account = exchange.addAccount({
          venue: 'binance',
          market,
          apiKey: 'property-key',
          secret: 'property-secret',
          balances: start[market],
        })
        for (const act of actions) {
          clock.advance(act.waitMs)
          perform(exchange, account, market, act)
          if (market === 'spot') expectSpotConserved(account)
          else expectFuturesConserved(account)
        }
        exchange.advance()
        exchange.rememberClock()
        journal.close()
        const again = open(home)
        expect(reportOf(again.ledger)).toEqual(reportOf(ledger))
        expect(again.ledger.marketMs).toBe(ledger.marketMs)
        again.journal.close()
      }),
      { numRuns: 60 },
    )
  }, 60_000)
})

/** Each coin: what it began with, plus what was bought, minus what was sold, minus its fees. */
function expectSpotConserved(account: Account): void {
  const expected = new Map(Object.entries(start.spot).map(([asset, amount]) => [asset, new Decimal(amount)]))
  const add = (asset: string, amount: Decimal) =>
    expected.set(asset, (expected.get(asset) ?? new Decimal(0)).plus(amount))
  for (const fill of account.fills) {
    const [base = '', quote = ''] = fill.symbol.split('/')
    const sign = fill.side === 'buy' ? 1 : -1
    add(base, new Decimal(fill.quantity).times(sign))
    add(quote, new Decimal(fill.price).times(fill.quantity).times(-sign))
    add(fill.feeCurrency, new Decimal(fill.fee).neg())
  }
  for (const [asset, { free, locked }] of account.balances) {
    expect(free.plus(locked).toString(), asset).toBe((expected.get(asset) ?? new Decimal(0)).toString())
    expect(free.gte(0) && locked.gte(0), `${asset} free ${free} locked ${locked}`).toBe(true)
  }
  const locked = new Map<string, Decimal>()
  for (const order of account.open.values()) {
    const [base = '', quote = ''] = order.record.symbol.split('/')
    const asset = order.record.side === 'buy' ? quote : base
    locked.set(asset, (locked.get(asset) ?? new Decimal(0)).plus(order.locked))
  }
  for (const [asset, balance] of account.balances) {
    expect(balance.locked.toString(), asset).toBe((locked.get(asset) ?? new Decimal(0)).toString())
  }
}

/** The wallet: what it began with, plus all that was sold, minus all that was bought and what is still open, minus fees. */
function expectFuturesConserved(account: Account): void {
  let wallet = new Decimal(start.futures.USDT ?? 0)
  let bnb = new Decimal(start.futures.BNB ?? 0)
  const quantities = new Map<string, Decimal>()
  for (const fill of account.fills) {
    const sign = fill.side === 'buy' ? 1 : -1
    wallet = wallet.minus(new Decimal(fill.price).times(fill.quantity).times(sign))
    if (fill.feeCurrency === 'BNB') bnb = bnb.minus(fill.fee)
    else wallet = wallet.minus(fill.fee)
    const before = quantities.get(fill.symbol) ?? new Decimal(0)
    quantities.set(fill.symbol, before.plus(new Decimal(fill.quantity).times(sign)))
  }
  for (const [symbol, position] of account.positions) {
    expect(position.quantity.toString(), symbol).toBe((quantities.get(symbol) ?? new Decimal(0)).toString())
    if (position.quantity.eq(0)) expect(position.cost.toString(), symbol).toBe('0')
    wallet = wallet.plus(position.cost)
  }
  expect(account.balance('USDT').free.toString()).toBe(wallet.toString())
  expect(account.balance('BNB').free.toString()).toBe(bnb.toString())
}
