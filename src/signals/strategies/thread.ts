import { parentPort, workerData } from 'node:worker_threads'
import { timeframeMs } from '../../domain/candle.ts'
import { fieldText } from '../../domain/strategies/parameters.ts'
import { messageOf } from '../../errors.ts'
import { contextsOf } from './contexts.ts'
import { type LoadedStrategy, loadStrategy, type StrategyRun } from './load.ts'
import type { Answer, Look, Word } from './thread-words.ts'

/** What a strategy says lives three of its candles: nothing older is worth telling. */
const wordsToldOf = 3

/** The thread that a strategy file runs in: it loads the file, keeps a run per symbol, and answers each look. */
function listen(strategy: LoadedStrategy): void {
  const runs = new Map<string, StrategyRun>()
  const stepMs = timeframeMs[strategy.timeframe]
  parentPort?.on('message', ({ id, symbol, isFresh, afterMs, candles }: Look) => {
    answering(() => {
      let run = isFresh ? undefined : runs.get(symbol)
      run ??= strategy.start()
      runs.set(symbol, run)
      const words: Word[] = []
      let lastMs = 0
      for (const context of contextsOf(symbol, strategy, candles, afterMs)) {
        lastMs = context.nowMs
        const said = run(context)
        if (said !== undefined) words.push({ ...said, saidAtMs: context.nowMs, price: context.candle.close })
      }
      say({ id, words: words.filter(({ saidAtMs }) => saidAtMs > lastMs - wordsToldOf * stepMs) })
    })
  })
}

function answering(work: () => void): void {
  try {
    work()
  } catch (error) {
    say({ failed: messageOf(error) })
  }
}

function say(said: Answer): void {
  parentPort?.postMessage(said)
}

try {
  const strategy = await loadStrategy(workerData.file, workerData.parameters)
  const { name, timeframe, warmup, history, fields } = strategy
  const parameters = fields.map((field) => ({
    name: field.name,
    value: strategy.parameters[field.name] ?? field.default,
    about: `${field.description ?? ''}${fieldText(field).slice(field.name.length)}`.trim(),
  }))
  listen(strategy)
  say({ loaded: { name, timeframe, warmup, history, parameters } })
} catch (error) {
  say({ failed: messageOf(error) })
}
