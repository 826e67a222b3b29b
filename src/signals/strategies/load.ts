import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import type { Timeframe } from '../../domain/candle.ts'
import { type SignalDraft, signalActions } from '../../domain/signal.ts'
import { councilStrategy } from '../../domain/strategies/council/council.ts'
import { type ParameterField, parameterFields, parametersOf } from '../../domain/strategies/parameters.ts'
import { smartEntryStrategy } from '../../domain/strategies/smart-entry.ts'
import type {
  Appetite,
  Strategy,
  StrategyContext,
  StrategyParameters,
  StrategySignal,
} from '../../domain/strategies/strategy.ts'
import { messageOf, UserError } from '../../errors.ts'
import { loadStrategyFile } from './file.ts'
import { thrownText } from './thrown-text.ts'

/** The strategies that come with the program, by the name the command line knows. */
const shipped = { 'smart-entry': smartEntryStrategy, council: councilStrategy } as const

/** A strategy with the values of its parameters, ready to be run over any number of symbols. */
export interface LoadedStrategy {
  /** The name of its source. */
  readonly name: string
  readonly timeframe: Timeframe
  readonly warmup: number
  /** Closed candles of each length that a context holds, where they exist. */
  readonly history: Appetite
  readonly parameters: StrategyParameters
  /** What each parameter is, in the order of its schema. */
  readonly fields: readonly ParameterField[]
  /** The parameters that switch a part of it off, among those that are on. */
  readonly parts: readonly string[]
  /** The same without one of its parts. */
  without(part: string): LoadedStrategy
  /** Begins a run over one symbol. */
  start(): StrategyRun
}

/**
 * Asks the strategy at a close: call it at each close of its timeframe from the first candle on, for it counts its own
 * warm-up. Throws UserError of one line when the strategy throws or says nonsense.
 */
export type StrategyRun = (context: StrategyContext) => SignalDraft | undefined

/**
 * Loads a strategy by its name (smart-entry, council) or from a file of the operator's, with these parameters and its
 * defaults for the others. Throws UserError of one line that names the file or the value, and the rule.
 */
export async function loadStrategy(
  named: string,
  parameters: Readonly<Record<string, unknown>> = {},
): Promise<LoadedStrategy> {
  const isShipped = Object.hasOwn(shipped, named)
  if (!isShipped && !/[./\\]/.test(named))
    throw new UserError(
      `strategy ${named}: there is none of this name; it may be ${Object.keys(shipped).join(', ')} or a file`,
    )
  const strategy = isShipped
    ? (shipped[named as keyof typeof shipped] as Strategy)
    : await loadStrategyFile(named)
  try {
    const values = parametersOf(strategy.parameters, parameters)
    return loadedOf(strategy, values, isShipped ? undefined : resolve(named))
  } catch (error) {
    throw new UserError(`strategy ${named}: ${messageOf(error)}`, { cause: error })
  }
}

/**
 * The values of `--parameters`: a JSON object, or the name of a file that holds one. Throws UserError of one line.
 */
export function readParameters(text: string): Record<string, unknown> {
  const isJson = text.trimStart().startsWith('{')
  const where = isJson ? '--parameters' : `--parameters ${text}`
  try {
    const json: unknown = JSON.parse(isJson ? text : readFileSync(text, 'utf8'))
    const read = z.record(z.string(), z.unknown()).safeParse(json)
    if (read.success) return read.data
  } catch (error) {
    throw new UserError(`${where}: ${messageOf(error)}`, { cause: error })
  }
  throw new UserError(`${where}: must be a JSON object such as {"fast": 9}`)
}

function loadedOf(
  strategy: Strategy,
  parameters: StrategyParameters,
  file: string | undefined,
): LoadedStrategy {
  const { name, timeframe, warmup, remember, onCandle } = strategy
  const fields = parameterFields(strategy.parameters)
  return {
    name,
    timeframe,
    warmup,
    history: { [timeframe]: warmup, ...strategy.history },
    parameters,
    fields,
    parts: fields
      .filter((field) => field.isPart && Boolean(parameters[field.name]))
      .map((field) => field.name),
    without: (part) =>
      loadedOf(strategy, { ...parameters, [part]: typeof parameters[part] === 'boolean' ? false : 0 }, file),
    start() {
      const run = { parameters, memory: guarded(() => remember?.(parameters)) }
      let seen = 0
      return (context) => {
        const said = guarded(() => onCandle(context, run), context)
        seen += 1
        if (said === undefined || seen < warmup) return undefined
        const nonsense = nonsenseIn(said)
        if (nonsense !== undefined) throw new UserError(`strategy ${name}${at(context)}: ${nonsense}`)
        return draftOf(said, context.symbol)
      }
    },
  }

  function guarded<T>(ask: () => T, context?: StrategyContext): T {
    try {
      return ask()
    } catch (error) {
      throw new UserError(`strategy ${name}${at(context)} threw: ${thrownText(error, file)}`, {
        cause: error,
      })
    }
  }
}

function at(context: StrategyContext | undefined): string {
  return context ? ` on ${context.symbol} at ${new Date(context.nowMs).toISOString()}` : ''
}

function draftOf(
  { action, confidence, reasoning, stopLoss, takeProfit }: StrategySignal,
  symbol: string,
): SignalDraft {
  return {
    symbol,
    action,
    confidence,
    reasoning: reasoning ?? '',
    ...(stopLoss !== undefined && { stopLoss }),
    ...(takeProfit !== undefined && { takeProfit }),
  }
}

/** What is wrong with what a strategy said; undefined for nothing. */
function nonsenseIn(said: StrategySignal): string | undefined {
  if (typeof said !== 'object' || said === null) return `it says ${String(said)}, which is no signal`
  if (said instanceof Promise) return 'it says a promise; onCandle answers at once'
  const { action, confidence, reasoning, stopLoss, takeProfit } = said
  if (!signalActions.includes(action))
    return `action is ${String(action)}: must be ${signalActions.join(', ')}`
  if (typeof confidence !== 'number' || !(confidence >= 0 && confidence <= 1))
    return `confidence is ${String(confidence)}: must be a number from 0 to 1`
  if (reasoning !== undefined && typeof reasoning !== 'string') return 'reasoning must be text'
  for (const [name, price] of [
    ['stopLoss', stopLoss],
    ['takeProfit', takeProfit],
  ] as const)
    if (price !== undefined && !(typeof price === 'number' && price > 0 && Number.isFinite(price)))
      return `${name} is ${String(price)}: must be a price above 0`
  return undefined
}
