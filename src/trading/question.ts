import { historyOf } from '#db/account-history.ts'
import type { Account } from '#db/accounts.ts'
import type { Db } from '#db/client.ts'
import { holdingsOf } from '#db/holdings.ts'
import { ledgerBalances } from '#db/ledger.ts'
import { reconciliationOf } from '#db/reconciliations.ts'
import { accuracyOf } from '#db/signal-scores.ts'
import type { DecisionInput } from '../domain/entries/decision.ts'
import { baseOf, type Signal } from '../domain/signal.ts'
import type { TradingSettings } from '../domain/trading-settings.ts'
import type { MarketFeed } from '../exchange/market-feed.ts'
import type { SetupFilter } from '../signals/setup-weights.ts'
import type { KeyRing } from '../vault/key-ring.ts'
import { correlationsOf, numbersOf, safetyOf } from './market-numbers.ts'
import { filteredBy } from './setup-filter.ts'
import { symbolOn } from './symbol.ts'
import { exposuresOf, reservedByHand, worthOf } from './worth.ts'

const topCount = 10

/** What a cycle of one account needs. */
export interface Cycle {
  readonly db: Db
  readonly keys: KeyRing
  readonly feed: MarketFeed
  readonly account: Account
  readonly trustedSources: readonly string[]
  /** The ML filter as its file is now. */
  readonly setupFilter: () => SetupFilter
  /** Market milliseconds per wall millisecond. */
  readonly speed: number
  readonly marketNowMs: number
  readonly actor: string
}

/** What the venue says about a signal's symbol on the account's own market. */
export interface MarketView
  extends Pick<
    DecisionInput,
    'filters' | 'safety' | 'topBases' | 'correlations' | 'mlProbability' | 'mlRefusal'
  > {
  readonly numbers: DecisionInput['market']
  readonly prices: ReadonlyMap<string, number>
  readonly symbolOf: (base: string) => string
  /** What was held when correlations were read. */
  readonly compared: ReadonlySet<string>
}

/** What the venue says now about the symbol of a signal. */
export async function readMarket(
  cycle: Cycle,
  settings: TradingSettings,
  signal: Signal,
): Promise<MarketView> {
  const { db, feed, account, marketNowMs } = cycle
  const symbolOf = (base: string) => symbolOn(account, base)
  const symbol = symbolOf(baseOf(signal.symbol))
  const [filters, prices, top] = await Promise.all([
    feed.filters(symbol),
    feed.prices(),
    feed.topByVolume(topCount),
  ])
  const price = prices.get(symbol)
  const common = { filters, prices, symbolOf, topBases: top.map(baseOf) }
  if (!filters || price === undefined) {
    const numbers = { symbol, price: 0, dailyVolatility: null, atr: null, regime: 'unknown' } as const
    const nothing = { filters: undefined, safety: undefined, correlations: {}, compared: new Set<string>() }
    return { ...common, numbers, ...nothing }
  }
  const held = (await holdingsOf(db, account.id)).map((holding) => holding.symbol)
  const [numbers, safety, correlations, filtered] = await Promise.all([
    numbersOf(feed, symbol, price, marketNowMs),
    // Asked only where it is heard: a BTC that cannot be read must not stop those who do not look at it.
    settings.marketSafety ? safetyOf(feed, symbolOf('BTC'), marketNowMs) : undefined,
    correlationsOf(feed, symbol, held, marketNowMs),
    settings.mlFilter ? filteredBy(cycle.setupFilter(), feed, { signal, symbol, marketNowMs }) : {},
  ])
  return { ...common, ...filtered, numbers, safety, correlations, compared: new Set(held) }
}

/** A signal to be decided on, beside the others that live, under settings and on a market. */
export interface Question {
  readonly settings: TradingSettings
  readonly signal: Signal
  readonly signals: readonly Signal[]
  readonly market: MarketView
}

/** Everything a decision on a signal depends on, as the database knows it in this transaction. */
export async function inputOf(cycle: Cycle, db: Db, question: Question): Promise<DecisionInput> {
  const { account, trustedSources, marketNowMs } = cycle
  const { settings, signal, signals, market } = question
  // One after the other: a transaction is one connection.
  const balances = await ledgerBalances(db, account.id)
  const holdings = await holdingsOf(db, account.id)
  const { external } = await reconciliationOf(db, account.id)
  const accuracy = await accuracyOf(db, signal)
  const history = await historyOf(db, {
    accountId: account.id,
    signalId: signal.id,
    protections: settings.protections,
    marketNowMs,
  })
  const books = {
    market: account.market,
    quote: account.quote,
    balances,
    holdings,
    reservedByHand: reservedByHand(account.market, external),
    priceOf: (base: string) => market.prices.get(market.symbolOf(base)),
  }
  const { equity, freeQuote } = worthOf(books)
  const base = baseOf(signal.symbol)
  return {
    signal,
    otherSignals: signals.filter((other) => other.source !== signal.source && baseOf(other.symbol) === base),
    accuracy,
    trustedSources,
    settings,
    account: {
      id: account.id,
      exchange: account.exchange,
      market: account.market,
      quote: account.quote,
      equity,
      freeQuote,
      takerFee: cycle.feed.takerFee,
    },
    exposures: exposuresOf(books),
    history,
    filters: market.filters,
    market: market.numbers,
    safety: market.safety,
    correlations: market.correlations,
    ...(market.mlProbability !== undefined && { mlProbability: market.mlProbability }),
    ...(market.mlRefusal !== undefined && { mlRefusal: market.mlRefusal }),
    topBases: market.topBases,
    marketNowMs,
  }
}
