import type { Decimal } from '../../domain/decimal.ts'

/** Which kind of wallet and which rules an account or an instrument has. */
export type Market = 'spot' | 'futures'

/** What an account trades: one market, or every market of its venue from one wallet. */
export type AccountMarket = Market | 'unified'

/** What is traded: a symbol on one market of one venue, with the limits the venue publishes for it. */
export interface Instrument {
  readonly venue: string
  readonly market: Market
  readonly symbol: string // 'BTC/USDT', on futures too
  readonly base: string
  readonly quote: string
  readonly tick: Decimal
  readonly step: Decimal
  readonly minQuantity: Decimal
  readonly maxQuantity: Decimal
  readonly maxMarketQuantity: Decimal
  readonly minNotional: Decimal
  readonly costDecimals?: number // digits of an execution's cost; as many as it has, where it is left out
  readonly minPrice: Decimal
  readonly maxPrice: Decimal
  readonly priceRange: number // a limit price may be this many times above, or this part below, the last price
  readonly topOfBook: number // notional usually offered at the best price, in the quote currency
  readonly spread: number // best ask − best bid as a ratio of the price
  readonly maxLeverage: number // 1 on spot
  readonly capAtMost?: number // the largest notional that may be held at the most leverage; none where it is left out
  readonly liquidationFee?: number // what the venue's fund takes of a liquidated notional, where so much is left; 0
  readonly maintenance: number // margin below which a position is taken away, as a ratio of its notional
}
