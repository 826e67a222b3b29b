import type { Holding } from '#db/holdings.ts'
import type { External } from '#db/reconciliations.ts'
import { Decimal, type DecimalText, sum } from '../domain/decimal.ts'
import type { Exposure } from '../domain/entries/decision.ts'
import type { Market } from '../domain/market.ts'
import { baseOf } from '../domain/signal.ts'

/** What an account is worth, in its quote currency. */
export interface Worth {
  readonly equity: DecimalText
  /** Quote that entries may still spend: free balance on spot, free margin elsewhere, reservations taken off. */
  readonly freeQuote: DecimalText
  /** Notional of what is open. */
  readonly exposure: DecimalText
  readonly openPnl: DecimalText
}

/** What the books say of an account, and the prices of now. */
export interface Books {
  readonly market: Market
  readonly quote: string
  /** Held per currency, as the ledger sums it. */
  readonly balances: ReadonlyMap<string, DecimalText>
  readonly holdings: readonly Holding[]
  /** What open orders of the user's own reserve of the quote at the venue; nothing when absent. */
  readonly reservedByHand?: DecimalText
  /** Last price of a base in the account's quote; undefined when nobody quotes it. */
  readonly priceOf: (base: string) => number | undefined
}

/**
 * The worth of an account from its books. Spot: every currency at its price. Elsewhere: collateral at its price plus the
 * open profit and loss. A currency that nobody quotes counts nothing.
 */
export function worthOf(books: Books): Worth {
  const { market, quote, balances, holdings, priceOf } = books
  let collateral = new Decimal(0)
  for (const [currency, amount] of balances) {
    const price = currency === quote ? 1 : (priceOf(currency) ?? 0)
    collateral = collateral.plus(new Decimal(amount).times(price))
  }
  let exposure = new Decimal(0)
  let openPnl = new Decimal(0)
  let used = new Decimal(books.reservedByHand ?? 0)
  for (const holding of holdings) {
    const price = priceOf(baseOf(holding.symbol)) ?? holding.entryPrice ?? 0
    const notional = new Decimal(holding.quantity).times(price)
    exposure = exposure.plus(notional)
    openPnl = openPnl.plus(pnlOf(holding, price))
    if (market !== 'spot') used = used.plus(notional.div(holding.leverage))
    if (holding.reserved)
      used = used.plus(market === 'spot' ? holding.reserved.notional : holding.reserved.margin)
  }
  const isSpot = market === 'spot'
  const equity = isSpot ? collateral : collateral.plus(openPnl)
  const spendable = isSpot ? new Decimal(balances.get(quote) ?? 0) : equity
  return {
    equity: equity.toString(),
    freeQuote: Decimal.max(0, spendable.minus(used)).toString(),
    exposure: exposure.toString(),
    openPnl: openPnl.toString(),
  }
}

/** What the user's own open orders reserve of a quote: the unfilled part of what they buy on spot, at its limit. */
export function reservedByHand(market: Market, { orders }: Pick<External, 'orders'>): DecimalText {
  if (market !== 'spot') return '0'
  return sum(
    orders
      .filter(({ side, price }) => side === 'buy' && price !== null)
      .map(({ quantity, filled, price }) =>
        new Decimal(quantity)
          .minus(filled)
          .times(price ?? 0)
          .toString(),
      ),
  )
}

/** Holdings as limits read them: an entry on its way counts what it reserves, beside what has filled of it. */
export function exposuresOf(books: Pick<Books, 'market' | 'holdings' | 'priceOf'>): Exposure[] {
  return books.holdings.map((holding) => {
    const price = books.priceOf(baseOf(holding.symbol)) ?? holding.entryPrice ?? 0
    const filled = new Decimal(holding.quantity).times(price)
    const stopDistance =
      holding.stopLoss === null || holding.entryPrice === null
        ? new Decimal(price)
        : new Decimal(holding.entryPrice).minus(holding.stopLoss).abs()
    const reserved = holding.reserved ?? { notional: '0', margin: '0', risk: '0' }
    const margin = books.market === 'spot' ? filled : filled.div(holding.leverage)
    return {
      positionId: holding.positionId,
      symbol: holding.symbol,
      side: holding.side,
      state: holding.state,
      source: holding.source,
      quantity: holding.quantity,
      notional: filled.plus(reserved.notional).toString(),
      margin: margin.plus(books.market === 'spot' ? reserved.notional : reserved.margin).toString(),
      risk: stopDistance.times(holding.quantity).plus(reserved.risk).toString(),
    }
  })
}

function pnlOf(holding: Holding, price: number): Decimal {
  if (holding.entryPrice === null) return new Decimal(0)
  const move = new Decimal(price).minus(holding.entryPrice)
  return (holding.side === 'long' ? move : move.neg()).times(holding.quantity)
}
