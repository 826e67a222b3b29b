import type { Db } from '#db/client.ts'
import { symbolsWanted } from '#db/trading-settings.ts'
import { takeTurn } from '#db/turn.ts'
import { webhookSource } from '#src/domain/signal.ts'
import { councilStrategy } from '#src/domain/strategies/council/council.ts'
import type { MarketFeed } from '#src/exchange/market-feed.ts'
import { fetchSignals, tradingCycle } from '#src/queue/contracts.ts'
import { done, type Outcome, skipped } from '#src/queue/job.ts'
import { takeDeliveries } from '#src/signals/deliveries.ts'
import { fetchFrom } from '#src/signals/fetch.ts'
import { sources } from '#src/signals/sources.ts'
import { titanEveryMs, titanSource } from '#src/signals/titan/fetch.ts'
import { isTitanConfigured } from '#src/signals/titan/open.ts'
import { askStrategy } from './ask-strategy.ts'
import { askTitan, titanSpeaks, titanTurnMs } from './ask-titan.ts'
import { type JobContext, job, leastLifeWallMs, marketInterval, signalMarket } from './context.ts'

/** Advisory locks of the sources; the number says SIGN. */
const fetchLocks = 0x5349474e

/** How often a strategy is shown what has closed: its closes are on the clock, so each is seen within this, market time. */
const strategyEveryMs = 15_000

/** How often deliveries are looked for that the queue did not hear of, wall time. */
const webhooksEveryMs = 5_000

/** Symbols a source looks at when nobody names any. */
const topSymbols = 10

/** Asks one source about every symbol that anybody trades by it, and records what it says; one at a time per source. */
export default job(fetchSignals, {
  schedule: async ({ config, strategies }) =>
    [
      ...[
        ...Object.values(sources).map(({ name, everyMs }) => ({ name, everyMs })),
        ...(isTitanConfigured(config) ? [{ name: titanSource, everyMs: titanEveryMs }] : []),
        ...strategies.sources().map((name) => ({ name, everyMs: strategyEveryMs })),
      ].map(({ name, everyMs }) => ({ name, everyMs: marketInterval(everyMs, config) })),
      { name: webhookSource, everyMs: webhooksEveryMs },
    ].map(({ name, everyMs }) => ({ key: `fetch-${name}`, data: { source: name }, everyMs })),

  async run({ source: name }, context, run) {
    const source = sources[name]
    const isTitan = name === titanSource
    const isWebhooks = name === webhookSource
    if (!source && !isTitan && !isWebhooks && !context.strategies.sources().includes(name))
      return skipped(`this build has no source ${name}`)
    if (name === councilStrategy.name && (await titanSpeaks(context)))
      return skipped('titan answers: the council speaks when it does not')
    return context.db.transaction().execute(async (lock) => {
      if (!(await takeTurn(lock, fetchLocks, name, isTitan ? titanTurnMs : undefined)))
        return skipped(`${name} is being asked already`)
      const market = context.feedOf(signalMarket)
      const leastLifeMs = leastLifeWallMs * context.config.replaySpeed
      if (isWebhooks) return takeWebhooks(market, context, leastLifeMs)
      const symbols = await symbolsFor(context.db, market)
      if (isTitan) return askTitan(symbols, market, context, { signal: run.signal, leastLifeMs })
      if (!source) return askStrategy(name, symbols, market, context, run)
      const fetched = await fetchFrom(source, symbols, market, context.db, {
        marketNowMs: context.clock.marketNow(),
        leastLifeMs,
      })
      for (const { symbol, reason } of fetched.missed)
        context.log.warn({ source: name, symbol, reason }, 'no signal')
      if (fetched.isNew > 0) context.log.info({ source: name, ...fetched }, 'signals')
      return done
    })
  },
})

/**
 * Makes signals of what webhooks received, and wakes the cycle of each sender: a price that somebody waited for is not kept
 * until the next interval. A job that is lost costs that interval, no more.
 */
async function takeWebhooks(
  market: MarketFeed,
  { db, clock, log, enqueue }: JobContext,
  leastLifeMs: number,
): Promise<Outcome> {
  const { taken, refused, news } = await takeDeliveries(db, market, {
    marketNow: clock.marketNow,
    leastLifeMs,
  })
  if (taken + refused > 0) log.info({ source: webhookSource, taken, refused }, 'webhook deliveries')
  // One job per sender and new signal: what only renews a signal wakes nobody.
  for (const [userId, signalId] of news)
    await enqueue(tradingCycle, { userId }, { jobId: `cycle-${userId}-${signalId}` })
  return done
}

/** The ten most traded symbols, and those that users name, as the signals' market lists them. */
async function symbolsFor(db: Db, market: MarketFeed): Promise<string[]> {
  const listed = new Set(await market.symbols())
  const named = (await symbolsWanted(db)).map((base) => `${base}/USDT`)
  return [...new Set([...(await market.topByVolume(topSymbols)), ...named])].filter((symbol) =>
    listed.has(symbol),
  )
}
