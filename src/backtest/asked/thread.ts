import { promisify } from 'node:util'
import { parentPort, workerData } from 'node:worker_threads'
import { gzip } from 'node:zlib'
import { userSettingsPatch } from '../../domain/settings.ts'
import { messageOf, UserError } from '../../errors.ts'
import { type LoadedStrategy, loadStrategy } from '../../signals/strategies/load.ts'
import { planRun } from '../plan-run.ts'
import { gapSentences } from '../recorded-candles.ts'
import { chartedRun } from '../report/charted-run.ts'
import { equityLines } from '../report/equity-lines.ts'
import { reportHtml } from '../report/report.ts'
import { quoteOf } from '../report/told.ts'
import { cautions } from '../report/verdict.ts'
import { runBacktest } from '../run.ts'
import { summarize } from '../summary/summary.ts'
import { longSilence } from './long-silence.ts'
import type { AskedRun, FinishedRun, ToldByRun } from './told.ts'

const tellEveryMs = 200
let toldMs = 0

/** The thread in which a run walks its candles: it tells how far it is, and at its end what came of it. */
try {
  say(await run(workerData as AskedRun))
} catch (error) {
  say(error instanceof UserError ? { refused: error.message } : { failed: messageOf(error) })
}

async function run(asked: AskedRun): Promise<FinishedRun> {
  const { strategy, parameters, settings, weights, ...rest } = asked
  const planned = await planRun({
    ...rest,
    detail: [],
    settings: userSettingsPatch.parse(settings),
    weights: () => weights,
    strategy: heard(await loadStrategy(strategy, parameters)),
  })
  const beganMs = performance.now()
  const ran = await runBacktest(planned.plan, planned.label, tell)
  const outcome = { ...ran, seconds: (performance.now() - beganMs) / 1_000 }
  const { run, charts } = await chartedRun(outcome, planned.walked)
  const summary = summarize(run)
  const page = await promisify(gzip)(reportHtml(run, summary, charts))
  return {
    summary: { ...summary },
    curve: { ...equityLines({ run, summary, charts, quote: quoteOf(run.settings.symbols) }) },
    trades: run.trades.map((trade) => ({ ...trade })),
    page,
    notes: [
      ...cautions({ summary }),
      longSilence(run),
      ...planned.notes,
      ...gapSentences(planned.walked),
    ].filter((note) => note !== undefined),
  }
}

/** The strategy, whose every candle is a sign of life: the engine itself tells of thousands of candles at once. */
function heard(strategy: LoadedStrategy): LoadedStrategy {
  return {
    ...strategy,
    start() {
      const run = strategy.start()
      return (context) => {
        tell(context.nowMs)
        return run(context)
      }
    },
  }
}

function tell(atMs: number): void {
  const nowMs = performance.now()
  if (nowMs - toldMs < tellEveryMs) return
  toldMs = nowMs
  say({ atMs })
}

function say(told: ToldByRun): void {
  parentPort?.postMessage(told)
}
