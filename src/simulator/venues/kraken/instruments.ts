import { Decimal } from '../../../domain/decimal.ts'
import type { Instrument } from '../../core/instrument.ts'
import type { Listing, Tape } from '../../tape/tape.ts'
import { assetOf } from './assets.ts'
import { pairOf } from './pair.ts'

/** What differs between coins: digits of a price, the smallest order, and the book. */
interface Coin {
  readonly priceDecimals: number
  readonly orderMin: string
  readonly depth: number // notional at the best price, in the quote currency
  readonly spread: number
}

const coins: Readonly<Record<string, Coin>> = {
  BTC: { priceDecimals: 1, orderMin: '0.00005', depth: 40_000, spread: 0.0001 },
  ETH: { priceDecimals: 2, orderMin: '0.001', depth: 25_000, spread: 0.00012 },
  BNB: { priceDecimals: 2, orderMin: '0.005', depth: 8_000, spread: 0.0003 },
  SOL: { priceDecimals: 2, orderMin: '0.02', depth: 15_000, spread: 0.0002 },
  XRP: { priceDecimals: 5, orderMin: '1.5', depth: 12_000, spread: 0.0002 },
  ADA: { priceDecimals: 6, orderMin: '5', depth: 8_000, spread: 0.0003 },
  DOGE: { priceDecimals: 7, orderMin: '20', depth: 8_000, spread: 0.0003 },
  AVAX: { priceDecimals: 2, orderMin: '0.15', depth: 6_000, spread: 0.0004 },
  LINK: { priceDecimals: 5, orderMin: '0.2', depth: 6_000, spread: 0.0004 },
  LTC: { priceDecimals: 2, orderMin: '0.04', depth: 6_000, spread: 0.0003 },
}

const lotDecimals = 8
const costMin = '0.5'

/** Everything on the tape, as spot pairs without leverage. */
export function krakenInstruments(tape: Tape): readonly Instrument[] {
  return tape.listings.map((listing) => instrument(listing, tape.priceAt(listing.symbol, tape.startsAt)))
}

function instrument(listing: Listing, price: number): Instrument {
  const step = new Decimal(10).pow(-lotDecimals)
  const coin = coins[listing.base] ?? {
    priceDecimals: listing.priceDecimals,
    orderMin: new Decimal(2)
      .div(price)
      .toDecimalPlaces(listing.quantityDecimals, Decimal.ROUND_UP)
      .toString(),
    depth: 5_000,
    spread: 0.0004,
  }
  const tick = new Decimal(10).pow(-coin.priceDecimals)
  const most = new Decimal(2_500_000).div(price).div(step).floor().times(step)
  return {
    venue: 'kraken',
    market: 'spot',
    symbol: listing.symbol,
    base: listing.base,
    quote: listing.quote,
    tick,
    step,
    minQuantity: new Decimal(coin.orderMin),
    maxQuantity: most.times(100),
    maxMarketQuantity: most,
    minNotional: new Decimal(costMin),
    costDecimals: assetOf(listing.quote).decimals,
    minPrice: tick,
    maxPrice: tick.times(1_000_000_000),
    priceRange: 9,
    topOfBook: coin.depth,
    spread: coin.spread,
    maxLeverage: 1,
    maintenance: 0,
  }
}

/** The venue's pairs by any of their names. */
export class PairIndex {
  readonly all: readonly Instrument[]
  readonly #byName = new Map<string, Instrument>()

  constructor(instruments: readonly Instrument[]) {
    this.all = instruments
    for (const each of instruments) {
      const { id, altname, wsname } = pairOf(each.symbol)
      for (const name of [id, altname, wsname]) this.#byName.set(name, each)
    }
  }

  find(name: string): Instrument | undefined {
    return this.#byName.get(name.toUpperCase())
  }
}
