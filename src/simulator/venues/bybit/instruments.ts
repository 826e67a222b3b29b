import { Decimal } from '../../../domain/decimal.ts'
import type { Instrument, Market } from '../../core/instrument.ts'
import type { Listing, Tape } from '../../tape/tape.ts'

/** What differs between coins: ticks, steps, and how much is offered. */
interface Coin {
  readonly spotTick: string
  readonly spotStep: string
  readonly linearTick: string
  readonly linearStep: string
  readonly depth: number // notional at the best price, USDT
  readonly spread: number
  readonly maxLeverage: number
}

const coin = (
  [spotTick, spotStep, linearTick, linearStep]: readonly [string, string, string, string],
  [depth, spread, maxLeverage]: readonly [number, number, number],
): Coin => ({ spotTick, spotStep, linearTick, linearStep, depth, spread, maxLeverage })

const coins: Readonly<Record<string, Coin>> = {
  BTC: coin(['0.1', '0.000001', '0.1', '0.001'], [45_000, 0.0001, 100]),
  ETH: coin(['0.01', '0.00001', '0.01', '0.01'], [30_000, 0.0001, 100]),
  BNB: coin(['0.1', '0.0001', '0.1', '0.01'], [18_000, 0.00015, 75]),
  SOL: coin(['0.01', '0.001', '0.01', '0.1'], [20_000, 0.0002, 100]),
  XRP: coin(['0.0001', '0.01', '0.0001', '0.1'], [15_000, 0.0002, 75]),
  DOGE: coin(['0.00001', '0.1', '0.00001', '1'], [12_000, 0.0002, 75]),
}

const spotMinimum = '5' // USDT an order must come to, on both markets
const maintenance = { major: 0.005, other: 0.01 }

/** The venue's own name of a symbol: 'BTC/USDT' is BTCUSDT on both markets. */
export function wireSymbol(symbol: string): string {
  return symbol.replace('/', '')
}

/** Everything on the tape, once as a spot pair and, where quoted in USDT, once as a linear perpetual. */
export function bybitInstruments(tape: Tape): readonly Instrument[] {
  return tape.listings.flatMap((listing) => {
    const price = tape.priceAt(listing.symbol, tape.startsAt)
    const spot = instrument(listing, 'spot', price)
    return listing.quote === 'USDT' ? [spot, instrument(listing, 'futures', price)] : [spot]
  })
}

function instrument(listing: Listing, market: Market, price: number): Instrument {
  const { base, quote, symbol } = listing
  const [tickOf, stepOf] = [powerOfTen(listing.priceDecimals), powerOfTen(listing.quantityDecimals)]
  const own = coins[base] ?? coin([tickOf, stepOf, tickOf, stepOf], [8_000, 0.0003, 50])
  const isSpot = market === 'spot'
  const step = new Decimal(isSpot ? own.spotStep : own.linearStep)
  const tick = new Decimal(isSpot ? own.spotTick : own.linearTick)
  const most = new Decimal(4_000_000).div(price).div(step).floor().times(step)
  const isMajor = base === 'BTC' || base === 'ETH'
  return {
    venue: 'bybit',
    market,
    symbol,
    base,
    quote,
    tick,
    step,
    minQuantity: step,
    maxQuantity: isSpot ? most : most.times(4),
    maxMarketQuantity: most,
    minNotional: new Decimal(spotMinimum),
    minPrice: tick,
    maxPrice: tick.times(100_000_000),
    priceRange: isSpot ? 1 : isMajor ? 0.1 : 0.2,
    topOfBook: own.depth,
    spread: own.spread,
    maxLeverage: isSpot ? 1 : own.maxLeverage,
    ...(!isSpot && { capAtMost: isMajor ? 2_000_000 : 500_000 }),
    maintenance: isMajor ? maintenance.major : maintenance.other,
  }
}

function powerOfTen(decimals: number): string {
  return new Decimal(10).pow(-decimals).toString()
}
