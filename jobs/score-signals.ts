import { recordScore, unscoredSignals } from '#db/signal-scores.ts'
import { scoreSignals } from '#src/queue/contracts.ts'
import { done } from '#src/queue/job.ts'
import { scoreSignal, scoringHorizonMs } from '#src/signals/score.ts'
import { job, marketInterval, signalMarket } from './context.ts'

const candleMs = 300_000
const batch = 200

/** Scores every signal whose six hours have passed; what cannot be read now is scored next time. */
export default job(scoreSignals, {
  schedule: async ({ config }) => [
    { key: 'score-signals', data: {}, everyMs: marketInterval(600_000, config) },
  ],

  async run(_, { db, clock, feedOf, log }) {
    const now = clock.marketNow()
    const feed = feedOf(signalMarket)
    const depth = Math.ceil((2 * scoringHorizonMs) / candleMs)
    for (const signal of await unscoredSignals(db, now - scoringHorizonMs, batch)) {
      const end = signal.createdAtMs + scoringHorizonMs
      const candles = await feed.candles(signal.symbol, '5m', depth)
      const after = candles.filter(
        (candle) => candle.openTimeMs >= signal.createdAtMs && candle.openTimeMs < end,
      )
      const score = scoreSignal(signal, after)
      if (score) await recordScore(db, signal, { ...score, scoredAtMs: now })
      else log.debug({ signal: signal.id }, 'its candles are gone: it stays unscored')
    }
    return done
  },
})
