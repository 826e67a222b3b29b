import { basename } from 'node:path'
import { type CandleName, candleName, fundingName } from '../candles/candle-name.ts'
import { type Timeframe, timeframeMs } from '../domain/candle.ts'
import type { SetupModel } from '../domain/learning/setup-model.ts'
import type { UserSettingsPatch } from '../domain/settings.ts'
import { mergeSettings, resolveSettings } from '../domain/trading-settings.ts'
import { UserError } from '../errors.ts'
import { readSetupWeights } from '../signals/setup-weights.ts'
import { sources } from '../signals/sources.ts'
import type { LoadedStrategy } from '../signals/strategies/load.ts'
import type { RunPlan } from './engine.ts'
import { filtersFrom } from './filters.ts'
import { type Funding, readFunding } from './funding-file.ts'
import { type RecordedCandles, recordedCandles } from './recorded-candles.ts'
import type { RunLabel } from './run.ts'
import { readSignals } from './signal-file.ts'
import type { SignalOrigin } from './signal-origin.ts'
import type { RecordedMarket } from './track.ts'

/** What somebody wants tried: files by their names, and the terms. */
export interface Wish {
  readonly candles: readonly string[]
  readonly detail: readonly string[]
  readonly funding: readonly string[]
  /** One of the two. */
  readonly strategy?: LoadedStrategy
  readonly signals?: string
  readonly settings: UserSettingsPatch
  /** Names the file of the ML filter, where the settings have it on; ml_weights.json of this folder where it is absent. */
  readonly weights?: () => string
  readonly market: 'spot' | 'futures'
  /** As ratios; the taker fee of Binance where it is absent. */
  readonly fee?: number
  readonly slippage: number
  readonly capital: number
  readonly fromMs?: number
  readonly toMs?: number
}

/** A run that is ready, the candles it walks, and what its reader should know before believing it. */
export interface PlannedRun {
  readonly plan: RunPlan
  readonly label: RunLabel
  readonly walked: readonly RecordedCandles[]
  readonly notes: readonly string[]
}

const takerFees = { spot: 0.001, futures: 0.0005 } as const

/** Looks into every file and puts a run together. Throws a UserError of one line for whatever does not fit. */
export async function planRun(wish: Wish): Promise<PlannedRun> {
  const { market } = wish
  const walked = await bySymbol(wish.candles.map(candleName))
  const details = await bySymbol(wish.detail.map(candleName))
  const symbols = [...walked.keys()]
  const quote = quoteOf(symbols)
  const funding = fundingOf(wish.funding, symbols)
  const notes: string[] = []
  const markets = [...walked].map(([symbol, recorded]) =>
    marketFrom(symbol, recorded, {
      details,
      market,
      notes,
      ...(funding.has(symbol) && { funding: funding.get(symbol) }),
    }),
  )
  for (const symbol of details.keys())
    if (!walked.has(symbol)) throw new UserError(`--detail has candles of ${symbol}, and --candles has none`)
  const origin = originOf(wish, symbols)
  if (origin.kind === 'strategy') requireLengths(origin.strategy, markets)
  const user = mergeSettings({ user: wish.settings, market })
  const settings = { ...resolveSettings({ user: wish.settings, market }), sources: [origin.source] }
  const setupModel = settings.mlFilter
    ? setupModelIn(wish.weights?.() ?? 'ml_weights.json', notes)
    : undefined
  const { fee = takerFees[market], slippage, capital, fromMs, toMs } = wish
  const walkedOf = [...walked.values()].map(([shortest]) => shortest as RecordedCandles)
  if (settings.marketSafety && !symbols.includes(`BTC/${quote}`))
    notes.push(`market_safety judges nothing: there are no candles of BTC/${quote}`)
  if (settings.entryOrderType === 'limit')
    notes.push('entry_order_type limit: here every entry is at the market, at the next open')
  return {
    plan: {
      terms: { settings, market, quote, capital, fee, slippage, ...(setupModel && { setupModel }) },
      markets,
      origin,
      fromMs,
      toMs,
    },
    label: {
      ...user,
      market,
      fee,
      slippage,
      capital,
      source: origin.kind === 'strategy' ? origin.strategy.name : basename(wish.signals ?? ''),
      parameters: origin.kind === 'strategy' ? origin.strategy.parameters : {},
      symbols,
      timeframe: walkedOf[0]?.timeframe ?? '',
    },
    walked: walkedOf,
    notes,
  }
}

/** The filter of a file; every setup passes where there is none. */
function setupModelIn(file: string, notes: string[]): SetupModel | undefined {
  const weights = readSetupWeights(file)
  const about = weights
    ? `fitted to setups from ${weights.trained.from} to ${weights.trained.to}`
    : 'is not there: every setup passes'
  notes.push(`ml_filter: ${file} ${about}`)
  return weights
}

/** The market of a run: as named, or spot unless the settings allow shorts or there is funding to be paid. */
export function marketOf({
  market,
  settings,
  funding,
}: Pick<Wish, 'settings' | 'funding'> & Partial<Pick<Wish, 'market'>>): 'spot' | 'futures' {
  const chosen = market ?? (settings.allow_short === true || funding.length > 0 ? 'futures' : 'spot')
  if (chosen === 'spot' && funding.length > 0)
    throw new UserError('--funding is paid on futures, and --market is spot')
  return chosen
}

/** Each symbol's candles, the shortest first. */
async function bySymbol(names: readonly CandleName[]): Promise<Map<string, RecordedCandles[]>> {
  const groups = Map.groupBy(await recordedCandles(names), ({ symbol }) => symbol)
  for (const group of groups.values()) group.sort((a, b) => a.stepMs - b.stepMs)
  return groups
}

function quoteOf(symbols: readonly string[]): string {
  const quotes = [...new Set(symbols.map((symbol) => symbol.split('/')[1] ?? ''))]
  if (quotes.length > 1)
    throw new UserError(
      `the symbols are quoted in ${quotes.join(' and ')}; an account has one quote currency`,
    )
  return quotes[0] ?? ''
}

function marketFrom(
  symbol: string,
  [shortest, ...longer]: readonly RecordedCandles[],
  given: {
    readonly details: ReadonlyMap<string, readonly RecordedCandles[]>
    readonly market: 'spot' | 'futures'
    readonly notes: string[]
    readonly funding?: readonly Funding[]
  },
): RecordedMarket {
  if (shortest === undefined) throw new Error(`${symbol} has no candles`)
  const detail = given.details.get(symbol)?.[0]
  if (detail !== undefined && (detail.stepMs >= shortest.stepMs || shortest.stepMs % detail.stepMs !== 0))
    throw new UserError(
      `--detail: ${detail.timeframe} candles of ${symbol} do not make up its ${shortest.timeframe} candles`,
    )
  if (shortest.stepMs > timeframeMs['1h'] && !longer.some(({ timeframe }) => timeframe === '1h'))
    given.notes.push(
      `${symbol} has no candles of 1 h or shorter: stops are the fixed percentages, volatility is not known`,
    )
  return {
    symbol,
    filters: filtersFrom(symbol, shortest.head, given.market),
    stepMs: shortest.stepMs,
    candles: shortest.stream(),
    longer: longer
      .filter(({ timeframe }) => Object.hasOwn(timeframeMs, timeframe))
      .map((one) => ({ timeframe: one.timeframe as Timeframe, stepMs: one.stepMs, candles: one.stream() })),
    ...(detail && { detail: { stepMs: detail.stepMs, candles: detail.stream() } }),
    ...(given.funding && { funding: given.funding }),
  }
}

function originOf(wish: Wish, symbols: readonly string[]): SignalOrigin {
  const { strategy, signals } = wish
  if (signals !== undefined)
    return { kind: 'file', source: 'webhook:file', rows: readSignals(signals, symbols) }
  if (strategy === undefined)
    throw new UserError('nothing gives signals: name a --strategy or a --signals file')
  return {
    kind: 'strategy',
    source: Object.hasOwn(sources, strategy.name) ? strategy.name : `strategy:${strategy.name}`,
    strategy,
  }
}

/** A strategy can only be shown lengths that the walked candles make up. */
function requireLengths({ name, timeframe }: LoadedStrategy, markets: readonly RecordedMarket[]): void {
  for (const { symbol, stepMs } of markets)
    if (timeframeMs[timeframe] % stepMs !== 0)
      throw new UserError(
        `${name} reads ${timeframe} candles, and those of ${symbol} (${stepMs / 60_000} min) do not make them up`,
      )
}

function fundingOf(paths: readonly string[], symbols: readonly string[]): Map<string, Funding[]> {
  const funding = new Map<string, Funding[]>()
  for (const text of paths) {
    const name = fundingName(text)
    if (!symbols.includes(name.symbol))
      throw new UserError(`${text}: there are no candles of ${name.symbol}, only of ${symbols.join(', ')}`)
    if (funding.has(name.symbol)) throw new UserError(`${text}: a second funding file of ${name.symbol}`)
    funding.set(name.symbol, readFunding(name.path))
  }
  return funding
}
