import { Decimal } from '../../../domain/decimal.ts'
import type { Instrument, Market } from '../../core/instrument.ts'
import type { Listing, Tape } from '../../tape/tape.ts'

/** What differs between coins. Futures ticks and steps are given where they are not the spot market's. */
interface Coin {
  readonly tick: string
  readonly step: string
  readonly futuresTick?: string
  readonly futuresStep?: string
  readonly futuresNotional?: number
  readonly depth: number // notional at the best price, USDT
  readonly spread: number
  readonly maxLeverage?: number
}

const coins: Readonly<Record<string, Coin>> = {
  BTC: {
    tick: '0.01',
    step: '0.00001',
    futuresTick: '0.1',
    futuresStep: '0.001',
    futuresNotional: 100,
    depth: 60_000,
    spread: 0.0001,
    maxLeverage: 125,
  },
  ETH: {
    tick: '0.01',
    step: '0.0001',
    futuresStep: '0.001',
    futuresNotional: 20,
    depth: 40_000,
    spread: 0.0001,
    maxLeverage: 125,
  },
  BNB: { tick: '0.01', step: '0.001', futuresStep: '0.01', depth: 20_000, spread: 0.00015 },
  SOL: { tick: '0.01', step: '0.001', futuresStep: '0.01', depth: 25_000, spread: 0.00015, maxLeverage: 100 },
  XRP: { tick: '0.0001', step: '0.1', depth: 20_000, spread: 0.0002, maxLeverage: 100 },
  ADA: { tick: '0.0001', step: '0.1', futuresStep: '1', depth: 12_000, spread: 0.00025 },
  DOGE: { tick: '0.00001', step: '1', depth: 15_000, spread: 0.0002 },
  AVAX: { tick: '0.01', step: '0.01', futuresTick: '0.001', futuresStep: '1', depth: 10_000, spread: 0.0003 },
  LINK: {
    tick: '0.01',
    step: '0.01',
    futuresTick: '0.001',
    futuresNotional: 20,
    depth: 10_000,
    spread: 0.0003,
  },
  LTC: { tick: '0.01', step: '0.001', futuresNotional: 20, depth: 10_000, spread: 0.00025 },
}

const otherCoin: Omit<Coin, 'tick' | 'step'> = { depth: 8_000, spread: 0.0003 }

/** The venue's own name of a symbol: 'BTC/USDT' is BTCUSDT on both markets. */
export function wireSymbol(symbol: string): string {
  return symbol.replace('/', '')
}

/** Everything on the tape, once as a spot pair and, where quoted in USDT, once as a perpetual. */
export function binanceInstruments(tape: Tape): readonly Instrument[] {
  return tape.listings.flatMap((listing) => {
    const price = tape.priceAt(listing.symbol, tape.startsAt)
    const spot = instrument(listing, 'spot', price)
    return listing.quote === 'USDT' ? [spot, instrument(listing, 'futures', price)] : [spot]
  })
}

function instrument(listing: Listing, market: Market, price: number): Instrument {
  const own = { tick: powerOfTen(listing.priceDecimals), step: powerOfTen(listing.quantityDecimals) }
  const coin: Coin = coins[listing.base] ?? { ...otherCoin, ...own }
  const isSpot = market === 'spot'
  const tick = new Decimal(isSpot ? coin.tick : (coin.futuresTick ?? coin.tick))
  const step = new Decimal(isSpot ? coin.step : (coin.futuresStep ?? coin.step))
  const most = new Decimal(5_000_000).div(price).div(step).floor().times(step)
  const isMajor = listing.base === 'BTC' || listing.base === 'ETH'
  return {
    venue: 'binance',
    market,
    symbol: listing.symbol,
    base: listing.base,
    quote: listing.quote,
    tick,
    step,
    minQuantity: step,
    maxQuantity: most.times(100),
    maxMarketQuantity: most,
    minNotional: new Decimal(isSpot ? 5 : (coin.futuresNotional ?? 5)),
    minPrice: tick,
    maxPrice: tick.times(100_000_000),
    priceRange: isSpot ? 4 : isMajor ? 0.05 : 0.15,
    topOfBook: coin.depth,
    liquidationFee: isSpot ? 0 : 0.0125,
    capAtMost: isSpot ? undefined : isMajor ? 300_000 : 50_000,
    spread: coin.spread,
    maxLeverage: isSpot ? 1 : (coin.maxLeverage ?? 75),
    maintenance: isMajor ? 0.004 : 0.005,
  }
}

function powerOfTen(decimals: number): string {
  return new Decimal(10).pow(-decimals).toString()
}
