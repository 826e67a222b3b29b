import { statSync } from 'node:fs'
import { type Candle, isClosed, type Timeframe, timeframeMs } from '../../domain/candle.ts'
import { messageOf, UserError } from '../../errors.ts'
import type { MarketReader } from '../context.ts'
import { type ClosedCandles, reachOf, type StrategyLengths } from './contexts.ts'
import { parametersBeside, stampOf, strategyFilesIn } from './folder.ts'
import { playStrategy, type StrategyLimits, type StrategyPlayer } from './player.ts'
import type { Loaded, Word } from './thread-words.ts'

/** What came of showing a strategy the newest candles. */
export type StrategyLook =
  | {
      readonly state: 'said'
      readonly stepMs: number
      /** What it says of itself. */
      readonly described: Pick<Loaded, 'timeframe' | 'warmup' | 'parameters'>
      /** Its first look that went well since it began anew. */
      readonly isFirst: boolean
      readonly words: readonly { readonly symbol: string; readonly word: Word }[]
      /** Symbols whose candles could not be read; the strategy sees them next time. */
      readonly missed: readonly { readonly symbol: string; readonly reason: string }[]
    }
  /** It failed and is not asked again until its file changes or `goOn`; `isNews` the first time. */
  | { readonly state: 'paused'; readonly reason: string; readonly isNews: boolean }
  | { readonly state: 'gone' }

/** The strategies of a folder at work in this process. */
export interface LiveStrategies {
  /** The sources there are now: `strategy:` and the name of each file. */
  sources(): readonly string[]
  /** Shows a source the candles of each symbol that have closed since it last looked. */
  look(
    source: string,
    symbols: readonly string[],
    market: Pick<MarketReader, 'candles'>,
    marketNowMs: number,
  ): Promise<StrategyLook>
  /** Lets a source that is paused begin anew at its next look; one that is not goes on as it is. */
  goOn(source: string): void
  stop(): void
}

const standardLimits: StrategyLimits = { loadMs: 30_000, lookMs: 10_000, memoryMb: 256 }

interface Playing {
  readonly stamp: string
  readonly player: StrategyPlayer
  /** Opening time of the last candle that each symbol was shown. */
  readonly shownMs: Map<string, number>
  paused: string | undefined
  isFirst: boolean
}

/**
 * Keeps the strategies of a folder, each in a process of its own that begins when it is first asked. One that throws, runs
 * on for ever, takes too much memory or answers nonsense is paused; the others do not notice. No folder is none.
 *
 * @throws UserError when there is no such folder.
 */
export function liveStrategies(folder: string | undefined, limits = standardLimits): LiveStrategies {
  if (folder !== undefined && !statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(`STRATEGIES_DIR=${folder}: there is no such folder`)
  const playing = new Map<string, Playing>()

  /** A folder that cannot be read at the moment has none. */
  function files() {
    try {
      return folder === undefined ? [] : strategyFilesIn(folder)
    } catch {
      return []
    }
  }

  function playingOf(source: string, file: string): Playing {
    const stamp = stampOf(file)
    const known = playing.get(source)
    if (known?.stamp === stamp) return known
    known?.player.stop()
    const fresh = begin(file, stamp)
    playing.set(source, fresh)
    return fresh
  }

  function begin(file: string, stamp: string): Playing {
    const shownMs = new Map<string, number>()
    try {
      const player = playStrategy(file, parametersBeside(file), limits)
      return { stamp, player, shownMs, paused: undefined, isFirst: true }
    } catch (error) {
      const broken = Promise.reject(error)
      broken.catch(() => {})
      const player = { lengths: broken, look: () => broken, stop() {} }
      return { stamp, player, shownMs, paused: undefined, isFirst: true }
    }
  }

  return {
    sources: () => [...new Set(files().map(({ source }) => source))],

    async look(source, symbols, market, marketNowMs) {
      const found = files().find((one) => one.source === source)
      if (found === undefined) {
        playing.get(source)?.player.stop()
        playing.delete(source)
        return { state: 'gone' }
      }
      const it = playingOf(source, found.file)
      if (it.paused !== undefined) return { state: 'paused', reason: it.paused, isNews: false }
      const words: { symbol: string; word: Word }[] = []
      const missed: { symbol: string; reason: string }[] = []
      try {
        const lengths = await it.player.lengths
        requireName(source, lengths.name)
        const stepMs = timeframeMs[lengths.timeframe]
        for (const symbol of symbols) {
          const candles = await readClosed(market, symbol, lengths, marketNowMs).catch((error) => {
            missed.push({ symbol, reason: messageOf(error) })
          })
          if (!candles) continue
          for (const word of await show(it, symbol, candles, lengths.timeframe)) words.push({ symbol, word })
        }
        const { isFirst } = it
        it.isFirst = false
        return { state: 'said', described: lengths, stepMs, isFirst, words, missed }
      } catch (error) {
        it.player.stop()
        it.paused = messageOf(error)
        return { state: 'paused', reason: it.paused, isNews: true }
      }
    },

    goOn(source) {
      if (playing.get(source)?.paused !== undefined) playing.delete(source)
    },

    stop() {
      for (const { player } of playing.values()) player.stop()
    },
  }
}

/** What it says to the candles that are new to it. Where they do not go on from the last one, it begins anew. */
async function show(
  { player, shownMs }: Playing,
  symbol: string,
  candles: ClosedCandles,
  timeframe: Timeframe,
): Promise<readonly Word[]> {
  const list = candles[timeframe] ?? []
  const lastMs = list.at(-1)?.openTimeMs
  const afterMs = shownMs.get(symbol)
  if (lastMs === undefined || lastMs === afterMs) return []
  const goesOn = afterMs !== undefined && list.some(({ openTimeMs }) => openTimeMs === afterMs)
  const words = await player.look({
    symbol,
    candles,
    isFresh: !goesOn,
    afterMs: goesOn ? afterMs : Number.NEGATIVE_INFINITY,
  })
  shownMs.set(symbol, lastMs)
  return words
}

async function readClosed(
  market: Pick<MarketReader, 'candles'>,
  symbol: string,
  lengths: StrategyLengths,
  marketNowMs: number,
): Promise<ClosedCandles> {
  const candles: Partial<Record<Timeframe, readonly Candle[]>> = {}
  for (const [length, count] of Object.entries(reachOf(lengths)) as [Timeframe, number][]) {
    const list = await market.candles(symbol, length, Math.min(1_000, count + 1))
    candles[length] = list.filter((candle) => isClosed(candle, length, marketNowMs))
  }
  return candles
}

function requireName(source: string, name: string): void {
  if (source !== `strategy:${name}`)
    throw new Error(`its name is ${name}: a live strategy is called as its file is, ${source.slice(9)}`)
}
