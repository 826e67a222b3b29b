import type { Db } from '#db/client.ts'
import { recordSignal } from '#db/signals.ts'
import type { MarketContext } from '../../domain/market/market-context.ts'
import { signalLifetimeMs } from '../../domain/signal.ts'
import { messageOf } from '../../errors.ts'
import { type MarketReader, readContext } from '../context.ts'
import type { Fetched } from '../fetch.ts'
import type { TitanAnswer } from './contract.ts'
import { askPatiently, type Patience } from './patience.ts'
import type { TitanProvider } from './provider.ts'
import { questionOf, titanAppetite } from './question.ts'

/** The primary source of signals, and how often it is asked, market time. */
export const titanSource = 'titan_v3'
export const titanEveryMs = 300_000

/** What a round brought; `isAsked` unless no market could be read. */
export interface TitanFetched extends Fetched {
  readonly isAsked: boolean
}

/** Where titan's signals go, and by which clock. */
export interface TitanRound {
  readonly db: Db
  readonly market: MarketReader
  readonly marketNow: () => number
  /** The shortest life a signal gets, market time. */
  readonly leastLifeMs: number
  /** Ends the wait: the worker stops. */
  readonly signal: AbortSignal
  readonly patience?: Patience
}

/**
 * Asks titan about every symbol that can be read, in one question, and records its answer: all of it or nothing. Throws
 * TitanUnavailable without a usable answer; a symbol that cannot be read is told.
 */
export async function fetchTitan(
  provider: TitanProvider,
  symbols: readonly string[],
  round: TitanRound,
): Promise<TitanFetched> {
  const missed: { symbol: string; reason: string }[] = []
  const contexts = new Map<string, MarketContext>()
  for (const symbol of symbols) {
    try {
      const context = await readContext(round.market, symbol, titanAppetite, round.marketNow())
      if ((context.candles['5m'] ?? []).length > 0) contexts.set(symbol, context)
    } catch (error) {
      missed.push({ symbol, reason: messageOf(error) })
    }
  }
  if (contexts.size === 0) return { said: 0, isNew: 0, missed, isAsked: false }
  const question = questionOf([...contexts.values()], round.marketNow())
  const answer = await askPatiently(provider, question, round.signal, round.patience)
  return { ...(await record(answer, contexts, round)), missed, isAsked: true }
}

async function record(
  answer: TitanAnswer,
  contexts: ReadonlyMap<string, MarketContext>,
  { db, marketNow, leastLifeMs }: TitanRound,
): Promise<Pick<Fetched, 'said' | 'isNew'>> {
  const saidAtMs = marketNow()
  const lifetimeMs = Math.max(signalLifetimeMs(titanSource), leastLifeMs)
  let isNew = 0
  for (const { symbol, action, confidence, reasoning, stopLoss, takeProfit } of answer.signals) {
    const price = contexts.get(symbol)?.candles['5m']?.at(-1)?.close
    if (price === undefined) continue
    const recorded = await recordSignal(db, {
      source: titanSource,
      symbol,
      userId: null,
      action,
      confidence,
      reasoning: plain(reasoning),
      details: {},
      price,
      ...(stopLoss !== null && { stopLoss }),
      ...(takeProfit !== null && { takeProfit }),
      saidAtMs,
      expiresAtMs: saidAtMs + lifetimeMs,
    })
    if (recorded.isNew) isNew += 1
  }
  return { said: answer.signals.length, isNew }
}

/** What titan wrote is text to be shown: one line, without what steers terminals or turns the direction of writing. */
function plain(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 1_000)
}
