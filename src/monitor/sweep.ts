import type { Db } from '#db/client.ts'
import {
  type Evaluation,
  recordReevaluations,
  saveEvaluations,
  type WatchedPosition,
  watchedPositions,
} from '#db/monitored-positions.ts'
import { type Candle, timeframeMs } from '../domain/candle.ts'
import { evaluateExit } from '../domain/exits/evaluate.ts'
import type { ExitDecision, ExitHints } from '../domain/exits/exit-decision.ts'
import { type MonitoredState, observe } from '../domain/exits/monitored-state.ts'
import { type Reevaluation, type ReevaluationMarket, reevaluate } from '../domain/exits/reevaluate.ts'
import { trailingStopPrice } from '../domain/exits/trailing-stop.ts'
import { SmartExits } from './smart-exits.ts'

const candleMs = timeframeMs['5m']

/** What a sweep reads of the market of a position. */
export interface SweepMarket {
  /** Last price of each symbol, fresh; a symbol that is missing is not evaluated, and so not protected. */
  prices(of: WatchedPosition): Promise<ReadonlyMap<string, number>>
  /** What a re-evaluation reads, at the close of the 5 m candle that opened at `candleOpenTimeMs`. */
  reading(of: WatchedPosition, price: number, candleOpenTimeMs: number): Promise<ReevaluationMarket>
  /** The closed candles of 5 m that SmartExit reads, up to the one that opened at `candleOpenTimeMs`. */
  candles(of: WatchedPosition, candleOpenTimeMs: number): Promise<readonly Candle[]>
}

/** What the margin of an account asks of its positions, by the position's id. */
export type LiquidationHints = ReadonlyMap<string, NonNullable<ExitHints['liquidation']>>

/** An exit that is due, with the position it closes. */
export interface DueExit {
  readonly watched: WatchedPosition
  readonly exit: ExitDecision
}

/** What one sweep of a shard did. */
export interface Sweep {
  readonly evaluated: number
  readonly due: readonly DueExit[]
  /** Positions without a fresh price, with the reason. */
  readonly blind: readonly { readonly positionId: string; readonly symbol: string; readonly reason: string }[]
  /** Readings of a 5 m close that could not be had: the stops stand as they were, and SmartExit is asked again. */
  readonly unread: number
  readonly changes: readonly { readonly watched: WatchedPosition; readonly change: Reevaluation }[]
}

/**
 * Evaluates every open position of a shard at the prices of now: follows the peak, reads the stops again and asks SmartExit
 * at each 5 m close, and finds the exits that are due. What it saw is written back in one statement. A market that cannot
 * be read leaves its own positions blind and no other's.
 */
export async function sweep(
  db: Db,
  shard: number,
  market: SweepMarket,
  marketNowMs: number,
  liquidations: LiquidationHints = new Map(),
): Promise<Sweep> {
  const blind: Sweep['blind'][number][] = []
  const due: DueExit[] = []
  const evaluations: Evaluation[] = []
  const changes: Sweep['changes'][number][] = []
  const smartExits = new SmartExits(market)
  let unread = 0
  for (const watched of await watchedPositions(db, shard)) {
    const { positionId, symbol } = watched.state
    try {
      const price = (await market.prices(watched)).get(symbol)
      if (price === undefined) throw new Error(`no price of ${symbol}`)
      let state: MonitoredState = observe(watched.state, price)
      const closed = lastClosedCandle(marketNowMs)
      if (watched.rules.dynamicStops && closed > state.reevaluatedAtMs && closed >= state.openedAtMs) {
        try {
          const read = reevaluate(state, await market.reading(watched, price, closed), watched.rules)
          state = read.state
          changes.push(...read.changes.map((change) => ({ watched, change })))
        } catch {
          unread += 1
        }
      }
      const hints: { -readonly [hint in keyof ExitHints]: ExitHints[hint] } = {}
      hints.liquidation = liquidations.get(positionId)
      // A position is judged by candles that opened after it. Until the next close the answer stands, so that an exit that
      // was not planned, or was refused, is asked for again.
      if (watched.rules.smartExit && closed >= state.openedAtMs)
        try {
          hints.smartExit = await smartExits.of(watched, closed)
        } catch {
          unread += 1
        }
      const exit = evaluateExit(state, price, marketNowMs, watched.rules, hints)
      if (exit) due.push({ watched, exit })
      evaluations.push({ positionId, state, price, trailingStop: trailingStopPrice(state, watched.rules) })
    } catch (error) {
      blind.push({ positionId, symbol, reason: error instanceof Error ? error.message : String(error) })
    }
  }
  await db.transaction().execute(async (tx) => {
    await saveEvaluations(tx, evaluations)
    await recordReevaluations(
      tx,
      changes.map(({ watched, change }) => ({
        userId: watched.userId,
        positionId: watched.state.positionId,
        marketAtMs: marketNowMs,
        ...change,
      })),
    )
  })
  return { evaluated: evaluations.length, due, blind, unread, changes }
}

/** Open time of the 5 m candle that closed last. */
function lastClosedCandle(marketNowMs: number): number {
  return Math.floor(marketNowMs / candleMs) * candleMs - candleMs
}
