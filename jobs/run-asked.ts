import type { BacktestOutcome } from '#db/backtests.ts'
import { findSimulator } from '#db/workers.ts'
import { gather, warmupMs } from '#src/backtest/asked/gather.ts'
import { runApart } from '#src/backtest/asked/run-apart.ts'
import { type BacktestTerms, topSymbols } from '#src/domain/backtest.ts'
import { UserError } from '#src/errors.ts'
import { loopbackOrigin } from '#src/exchange/route.ts'
import { venuePauses } from '#src/exchange/venue-pauses.ts'
import { parametersBeside, strategyFilesIn } from '#src/signals/strategies/folder.ts'
import type { JobContext } from './context.ts'

/** Share of the progress that fetching the candles is. */
const fetchShare = 0.3

/**
 * Fetches the candles of a run and runs it in a process of its own. `folder` holds them meanwhile; `tell` hears how far it is.
 * Throws UserError of one line for what its user can mend, and the signal's reason when that aborts.
 */
export async function runAsked(
  context: JobContext,
  terms: BacktestTerms,
  on: {
    readonly folder: string
    readonly signal: AbortSignal
    readonly tell: (progress: number, doing: string) => void
  },
): Promise<BacktestOutcome> {
  const { db, config, feedOf } = context
  const { exchange, market, mode, strategy, parameters, settings } = terms
  const { folder, signal, tell } = on
  const feed = feedOf({ exchange, market, mode })
  const isPaper = mode === 'paper'
  const symbols = terms.symbols === 'top10' ? await mostTraded(context, terms) : terms.symbols
  const file = strategy.startsWith('strategy:') ? fileOf(strategy, config.strategiesDir) : undefined
  const gate = venuePauses(db).gateOf(`${exchange} ${market} ${isPaper ? 'paper' : 'live'}`)
  const address = isPaper ? await findSimulator(db) : undefined
  if (isPaper && address === undefined)
    throw new UserError('the simulator, which has the candles of paper accounts, does not run at the moment')
  const { notes, ...files } = await gather(terms, symbols, {
    folder,
    ...(address !== undefined && { address: loopbackOrigin(address) }),
    signal,
    requireOpen: () => gate.requireOpen(),
    tell: (share, doing) => tell(share * fetchShare, doing),
  })
  const [fromMs, toMs] = [Date.parse(terms.from), Date.parse(terms.to)]
  const finished = await runApart(
    {
      ...files,
      strategy: file ?? strategy,
      parameters: file === undefined ? parameters : { ...parametersBeside(file), ...parameters },
      settings,
      weights: config.mlWeights,
      market,
      fee: terms.fee ?? feed.takerFee,
      slippage: terms.slippage,
      capital: terms.capital,
      fromMs,
      toMs,
    },
    {
      signal,
      onProgress(atMs) {
        const beginMs = fromMs - warmupMs
        const share = Math.min(1, Math.max(0, (atMs - beginMs) / (toMs - beginMs)))
        tell(fetchShare + share * (1 - fetchShare), `at ${new Date(atMs).toISOString().slice(0, 10)}`)
      },
    },
  )
  return { ...finished, notes: [...notes, ...finished.notes] }
}

/** The ten most traded pairs in the account's currency. */
async function mostTraded({ feedOf }: JobContext, { exchange, market, mode, quote }: BacktestTerms) {
  const ranked = await feedOf({ exchange, market, mode }).topByVolume(10 * topSymbols)
  const pairs = ranked.map((symbol) => symbol.split(':', 1)[0] ?? symbol)
  const own = pairs.filter((pair) => pair.endsWith(`/${quote}`)).slice(0, topSymbols)
  if (own.length === 0) throw new UserError(`${exchange} ${market} lists nothing in ${quote}`)
  return own
}

/** The file of one of the operator's strategies. Throws UserError of one line that says which there are. */
function fileOf(source: string, folder: string | undefined): string {
  const files = folder === undefined ? [] : strategyFilesIn(folder)
  const found = files.find((one) => one.source === source)
  if (found) return found.file
  const known = ['smart-entry', 'council', ...files.map((one) => one.source)]
  throw new UserError(`there is no strategy ${source} here: there are ${known.join(', ')}`)
}
