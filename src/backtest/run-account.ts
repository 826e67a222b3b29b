import type { AccountView } from '../domain/entries/decision.ts'
import type { Worth } from '../trading/worth.ts'
import type { RunTerms } from './terms.ts'

/** The run's account, whose worth is reckoned when it is asked for. */
export class RunAccount implements AccountView {
  readonly id = 'backtest'
  readonly exchange = 'binance'
  readonly market: AccountView['market']
  readonly quote: string
  readonly takerFee: number
  readonly #reckon: () => Worth
  #worth: Worth | undefined

  constructor({ market, quote, fee }: RunTerms, reckon: () => Worth) {
    this.market = market
    this.quote = quote
    this.takerFee = fee
    this.#reckon = reckon
  }

  get equity(): AccountView['equity'] {
    return this.#read().equity
  }

  get freeQuote(): AccountView['freeQuote'] {
    return this.#read().freeQuote
  }

  #read(): Worth {
    this.#worth ??= this.#reckon()
    return this.#worth
  }
}
