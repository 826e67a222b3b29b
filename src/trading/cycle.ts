import type { Account } from '#db/accounts.ts'
import { lockAccount } from '#db/accounts.ts'
import type { Db } from '#db/client.ts'
import { recordDecision } from '#db/decisions.ts'
import { equitySince } from '#db/equity-snapshots.ts'
import { entryTimesSince, hasEntered, holdingsOf } from '#db/holdings.ts'
import { ledgerBalances } from '#db/ledger.ts'
import { reconciliationOf } from '#db/reconciliations.ts'
import { accuracyOf } from '#db/signal-scores.ts'
import { tradesSince } from '#db/trades.ts'
import { findSettings } from '#db/trading-settings.ts'
import { decide } from '../domain/entries/decide.ts'
import type { AccountHistory, Decision, DecisionInput } from '../domain/entries/decision.ts'
import { lookBackOf } from '../domain/entries/protections.ts'
import { distrust } from '../domain/entries/trusted-source.ts'
import { exitRulesFor } from '../domain/exits/exit-rules.ts'
import { roundPrice } from '../domain/market-filters.ts'
import { baseOf, type Signal } from '../domain/signal.ts'
import { resolveSettings, type TradingSettings } from '../domain/trading-settings.ts'
import type { MarketFeed } from '../exchange/market-feed.ts'
import { type EntryPlan, planEntry, planExit } from '../orders/plan.ts'
import type { SetupFilter } from '../signals/setup-weights.ts'
import type { KeyRing } from '../vault/key-ring.ts'
import { correlationsOf, numbersOf, safetyOf } from './market-numbers.ts'
import { filteredBy } from './setup-filter.ts'
import { symbolOn } from './symbol.ts'
import { exposuresOf, reservedByHand, worthOf } from './worth.ts'

const dayMs = 24 * 3_600_000
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

/** What became of one signal. `orderId` is to be sent now. */
export interface Decided {
  readonly signal: Signal
  readonly decision: Decision
  /** Whether it says something new since the last cycle. */
  readonly isNews: boolean
  readonly orderId?: string
}

/**
 * Decides on every live signal that the account may act on and has not entered on yet, oldest first: each against what
 * the ones before it took. Each is given as it is decided, so that its order goes out before the next is looked at.
 * What is taken is decided once more and reserved under the account's lock, so that parallel workers cannot break a
 * limit together. A signal that cannot be judged now throws after the others were decided.
 */
export async function* decideAll(cycle: Cycle, signals: readonly Signal[]): AsyncGenerator<Decided, void> {
  const { user, account: own } = await findSettings(cycle.db, cycle.account.userId, cycle.account.id)
  const settings = resolveSettings({ user, account: own, market: cycle.account.market })
  const failures: unknown[] = []
  for (const signal of signals) {
    const trust = { operator: cycle.trustedSources, user: settings.sources }
    if (distrust(signal, trust) !== undefined) continue
    let decided: Decided | undefined
    try {
      if (await hasEntered(cycle.db, cycle.account.id, signal.id)) continue
      decided = await decideOne(cycle, settings, signal, signals)
    } catch (error) {
      failures.push(error)
    }
    if (decided) yield decided
  }
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} of ${signals.length} signals could not be decided`)
}

/** Undefined when the account has entered on the signal meanwhile: whoever did so has told why. */
async function decideOne(
  cycle: Cycle,
  settings: TradingSettings,
  signal: Signal,
  signals: readonly Signal[],
): Promise<Decided | undefined> {
  for (;;) {
    const market = await readMarket(cycle, settings, signal)
    const decided = await decideIn(cycle, { settings, signal, signals, market })
    // What another worker has opened meanwhile was not compared with the symbol: once more, on a market that knows it.
    if (decided !== 'outdated') return decided
  }
}

async function decideIn(cycle: Cycle, question: Question): Promise<Decided | undefined | 'outdated'> {
  const { db, account, marketNowMs } = cycle
  const { signal, market } = question
  const place = { userId: account.userId, accountId: account.id, signalId: signal.id, marketNowMs }
  const ask = async (tx: Db) => {
    const input = await inputOf(cycle, tx, question)
    if (input.history.hasEnteredSignal) return undefined
    return isCompared(input, market) ? decide(input) : 'outdated'
  }
  const first = await ask(db)
  if (first === undefined || first === 'outdated') return first
  if (first.outcome === 'skipped') {
    const news = await recordDecision(db, place, first)
    return { signal, decision: first, isNews: news !== undefined }
  }
  return db.transaction().execute(async (tx) => {
    await lockAccount(tx, account.id)
    const decision = await ask(tx)
    if (decision === undefined || decision === 'outdated') return decision
    if (decision.outcome === 'skipped')
      return { signal, decision, isNews: (await recordDecision(tx, place, decision)) !== undefined }
    const orderId = await plan(cycle, tx, { ...question, decision })
    return { signal, decision, isNews: orderId !== undefined, ...(orderId !== undefined && { orderId }) }
  })
}

/** Whether the symbol was compared with everything that is held now; where it is not listed there is nothing to compare. */
function isCompared({ exposures, filters }: DecisionInput, { compared }: MarketView): boolean {
  return filters === undefined || exposures.every(({ symbol }) => compared.has(symbol))
}

interface Taken {
  readonly settings: TradingSettings
  readonly signal: Signal
  readonly decision: Extract<Decision, { outcome: 'taken' }>
  readonly market: MarketView
}

async function plan(cycle: Cycle, tx: Db, taken: Taken): Promise<string | undefined> {
  const { account, keys, marketNowMs, actor, speed } = cycle
  const { settings, signal, decision, market } = taken
  if (decision.action === 'close') {
    const place = { userId: account.userId, accountId: account.id, signalId: signal.id, marketNowMs }
    await recordDecision(tx, place, decision)
    return planExit(tx, keys, {
      positionId: decision.positionId,
      quantity: 'all',
      slots: ['close'],
      reason: 'signal',
      price: market.numbers.price,
      actor,
    })
  }
  if (!market.filters) throw new Error('an entry was taken on a symbol that is not listed')
  return planEntry(tx, keys, {
    account,
    decision,
    signal,
    signalLeftMs: (signal.expiresAtMs - marketNowMs) / speed,
    ...entryOrder(cycle, taken),
    rules: exitRulesFor(settings, market.filters, account.market),
    marketNowMs,
    actor,
  })
}

/**
 * How the entry is sent. A limit order asks for the price that was decided at (the last trade), on its tick, and rests for
 * the user's time on the market's clock, or as long as its signal lives.
 */
function entryOrder(
  { speed, marketNowMs }: Cycle,
  { settings, decision, market, signal }: Taken,
): Pick<EntryPlan, 'type' | 'limitPrice' | 'rests'> {
  if (settings.entryOrderType === 'market' || decision.action !== 'open' || !market.filters)
    return { type: 'market' }
  const forMs = (settings.entryTimeoutMs ?? signal.expiresAtMs - marketNowMs) / speed
  return {
    type: 'limit',
    limitPrice: roundPrice(decision.entry.entryPrice, market.filters),
    rests: { forMs, onTimeout: settings.entryOnTimeout },
  }
}

/** What the venue says about a signal's symbol on the account's own market. */
interface MarketView
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

interface Question {
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
  const history = await historyOf(cycle, db, question)
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

async function historyOf(cycle: Cycle, db: Db, { settings, signal }: Question): Promise<AccountHistory> {
  const { account, marketNowMs } = cycle
  const { tradesMs, equityMs } = lookBackOf(settings.protections)
  const trades = await tradesSince(db, account.id, new Date(marketNowMs - tradesMs))
  const equity = equityMs === 0 ? [] : await equitySince(db, account.id, marketNowMs - equityMs)
  return {
    trades: trades.map(({ symbol, closedAt, closeReason, profitRatio }) => ({
      symbol,
      closedAtMs: closedAt.getTime(),
      closeReason,
      profitRatio,
    })),
    entryTimesMs: await entryTimesSince(db, account.id, marketNowMs - dayMs),
    equity,
    hasEnteredSignal: await hasEntered(db, account.id, signal.id),
  }
}
