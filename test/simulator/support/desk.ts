import { Decimal } from '#src/domain/decimal.ts'
import { type ManualClock, manualClock } from '#src/simulator/clock.ts'
import type { Account } from '#src/simulator/core/account.ts'
import type { Event } from '#src/simulator/core/event.ts'
import { Exchange } from '#src/simulator/core/exchange.ts'
import type { Instrument, Market } from '#src/simulator/core/instrument.ts'
import { Ledger } from '#src/simulator/core/ledger.ts'
import type { Order } from '#src/simulator/core/order.ts'
import type { Placement } from '#src/simulator/core/placement.ts'
import { binance } from '#src/simulator/venues/binance/binance.ts'
import { scriptedTape, scriptStart } from './scripted-tape.ts'

/** A matching core with one account, at which a test places orders by the core's own words. */
export interface Desk {
  readonly exchange: Exchange
  readonly account: Account
  readonly ledger: Ledger
  readonly clock: ManualClock
  readonly events: readonly Event[]
  instrument(symbol?: string): Instrument
  /** Places an order that must be taken. */
  order(wish: DeskWish): Order
  /** Places an order that must not be, and gives the reason. */
  refusal(wish: DeskWish): string
  /** Lets so many minutes of market time pass. */
  pass(minutes: number): void
  /** What the journal gives when it is read again. */
  replayed(): Ledger
  /** Another core that starts from the journal, where the clock stands. */
  restarted(): Exchange
}

export type DeskWish = Partial<Omit<Placement, 'quantity' | 'price'>> & {
  readonly symbol?: string
  readonly quantity?: string
  readonly price?: string
}

let orders = 0

/** Opens a desk on a script of prices; `market` is the account's. */
export function deskOn(
  script: Parameters<typeof scriptedTape>[0],
  {
    market = 'futures' as Market,
    balances = { USDT: '1000' } as Record<string, string>,
    change = (each: Instrument) => each,
  } = {},
): Desk {
  const tape = scriptedTape(script)
  const instruments = binance.instruments(tape).map(change)
  const find = (_: string, wanted: Market, symbol: string) =>
    instruments.find((each) => each.market === wanted && each.symbol === symbol)
  const events: Event[] = []
  const ledger = new Ledger(find)
  const clock = manualClock(scriptStart, () => 1_700_000_000_000)
  const journal = { append: (group: readonly Event[]) => void events.push(...group), close: () => {} }
  const exchange = new Exchange({ ledger, clock, tape, journal, feeOf: binance.feeOf })
  const account = exchange.addAccount({ venue: 'binance', market, apiKey: 'desk', secret: 'desk', balances })
  const instrument = (symbol = 'BTC/USDT') => find('binance', market, symbol) as Instrument
  const replayed = () => {
    const again = new Ledger(find)
    for (const event of events) again.apply(JSON.parse(JSON.stringify(event)) as Event)
    return again
  }
  const place = ({ symbol, quantity, price, ...wish }: DeskWish) =>
    exchange.place(account, instrument(symbol), {
      clientOrderId: `desk-${orders++}`,
      side: 'buy',
      type: price === undefined ? 'market' : 'limit',
      timeInForce: 'GTC',
      postOnly: false,
      reduceOnly: false,
      closePosition: false,
      quantity: new Decimal(quantity ?? 0),
      ...(price !== undefined && { price: new Decimal(price) }),
      wire: {},
      ...wish,
    })
  return {
    exchange,
    account,
    ledger,
    clock,
    events,
    instrument,
    order(wish) {
      const placed = place(wish)
      if ('refused' in placed) throw new Error(`the core refuses: ${placed.refused}`)
      return placed.order
    },
    refusal(wish) {
      const placed = place(wish)
      return 'refused' in placed ? placed.refused : `taken, and ${placed.order.status}`
    },
    pass(minutes) {
      clock.advance(minutes * 60_000)
      exchange.advance()
    },
    replayed,
    restarted: () => new Exchange({ ledger: replayed(), clock, tape, journal, feeOf: binance.feeOf }),
  }
}
