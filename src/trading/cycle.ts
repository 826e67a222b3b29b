import { lockAccount } from '#db/accounts.ts'
import type { Db } from '#db/client.ts'
import { recordDecision } from '#db/decisions.ts'
import { type ExampleInput, keepEntryExample } from '#db/entry-examples.ts'
import { hasEntered } from '#db/holdings.ts'
import { traceOfSignal } from '#db/signals.ts'
import { findSettings } from '#db/trading-settings.ts'
import { decide } from '../domain/entries/decide.ts'
import type { Decision, DecisionInput } from '../domain/entries/decision.ts'
import { distrust } from '../domain/entries/trusted-source.ts'
import { exitRulesFor } from '../domain/exits/exit-rules.ts'
import { allowsShort } from '../domain/market.ts'
import { roundPrice } from '../domain/market-filters.ts'
import type { Signal } from '../domain/signal.ts'
import { resolveSettings, type TradingSettings } from '../domain/trading-settings.ts'
import { type EntryPlan, planEntry, planExit } from '../orders/plan.ts'
import { isTracing, traced } from '../tracing.ts'
import { type Cycle, inputOf, type MarketView, type Question, readMarket } from './question.ts'

/** What became of one signal. `orderId` is to be sent now. */
export interface Decided {
  readonly signal: Signal
  readonly decision: Decision
  /** Whether it says something new since the last cycle. */
  readonly isNews: boolean
  readonly orderId?: string
}

/** What a look at an entry knew, and whether it came as far as its size. */
interface Look {
  readonly input: ExampleInput
  readonly wasSized: boolean
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
  const looks: Look[] = []
  for (const signal of signals) {
    const trust = { operator: cycle.trustedSources, user: settings.sources }
    if (distrust(signal, trust) !== undefined) continue
    let decided: Decided | undefined
    try {
      if (await hasEntered(cycle.db, cycle.account.id, signal.id)) continue
      decided = await decideOne(cycle, { settings, signal, signals, looks })
    } catch (error) {
      failures.push(error)
    }
    if (decided) yield decided
  }
  const example = looks.findLast(({ wasSized }) => wasSized) ?? looks.at(-1)
  if (example) await keepEntryExample(cycle.db, cycle.account, example)
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} of ${signals.length} signals could not be decided`)
}

/** Undefined when the account has entered on the signal meanwhile: whoever did so has told why. */
async function decideOne(
  cycle: Cycle,
  asked: Omit<Question, 'market'> & { readonly looks: Look[] },
): Promise<Decided | undefined> {
  for (;;) {
    const market = await readMarket(cycle, asked.settings, asked.signal)
    const decided = await decideIn(cycle, { ...asked, market }, asked.looks)
    // What another worker has opened meanwhile was not compared with the symbol: once more, on a market that knows it.
    if (decided !== 'outdated') return decided
  }
}

async function decideIn(
  cycle: Cycle,
  question: Question,
  looks: Look[],
): Promise<Decided | undefined | 'outdated'> {
  const { db, account, marketNowMs } = cycle
  const { signal, market } = question
  const place = { userId: account.userId, accountId: account.id, signalId: signal.id, marketNowMs }
  const ask = async (tx: Db) => {
    const input = await inputOf(cycle, tx, question)
    if (input.history.hasEnteredSignal) return undefined
    if (!isCompared(input, market)) return 'outdated'
    const decision = decide(input)
    if (isEntry(input)) looks.push(lookOf(input, decision))
    return decision
  }
  const first = await ask(db)
  if (first === undefined || first === 'outdated') return first
  if (first.outcome === 'skipped') {
    const news = await recordDecision(db, place, first)
    return { signal, decision: first, isNews: news !== undefined }
  }
  const attributes = { accountId: account.id, signalId: signal.id, symbol: signal.symbol }
  const step = { name: 'enter', attributes, follows: isTracing() ? await traceOfSignal(db, signal.id) : null }
  const enter = async (tx: Db): Promise<Decided | undefined | 'outdated'> => {
    await lockAccount(tx, account.id)
    const decision = await ask(tx)
    if (decision === undefined || decision === 'outdated') return decision
    if (decision.outcome === 'skipped')
      return { signal, decision, isNews: (await recordDecision(tx, place, decision)) !== undefined }
    const orderId = await plan(cycle, tx, { ...question, decision })
    return { signal, decision, isNews: orderId !== undefined, ...(orderId !== undefined && { orderId }) }
  }
  return traced(step, () => db.transaction().execute(enter))
}

/** Whether the signal asks for what could be entered on the account's market. */
function isEntry({ filters, signal, account }: DecisionInput): boolean {
  return filters !== undefined && (signal.action === 'BUY' || allowsShort(account.market))
}

function lookOf({ settings: _, history: __, ...input }: DecisionInput, { steps }: Decision): Look {
  return { input, wasSized: steps.some(({ name }) => name === 'size') }
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
