import { accessSync, constants, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { PlannedRun, Wish } from '../backtest/plan-run.ts'
import type { BacktestRun } from '../backtest/result.ts'
import { type Timeframe, timeframeMs } from '../domain/candle.ts'
import { type Exchange, exchanges } from '../domain/market.ts'
import { messageOf, UserError } from '../errors.ts'
import { backtestProgress } from './backtest-progress.ts'
import { ratio, time } from './candle-options.ts'

interface Options {
  readonly candles: readonly string[]
  readonly detail: readonly string[]
  readonly funding: readonly string[]
  readonly exchange?: Exchange
  readonly symbol: readonly string[]
  readonly timeframe: Timeframe
  readonly from?: number
  readonly to?: number
  readonly strategy?: string
  readonly parameters?: string
  readonly signals?: string
  readonly settings?: string
  readonly profile?: 'ase' | 'pro'
  readonly weights?: string
  readonly market?: 'spot' | 'futures'
  readonly fee?: number
  readonly slippage: number
  readonly capital: number
  readonly json?: string
  readonly report?: string
  readonly trades?: string
  readonly ablate?: true
}

/** `bullpen backtest`: the rules that trade live, over candles. Needs no database, no queue and no configuration. */
export function backtest(program: Command): void {
  program
    .command('backtest')
    .description('run the rules that trade live over recorded candles')
    .option(
      '--candles <file...>',
      '[venue-]SYMBOL-timeframe….csv[.gz] or SYMBOL=FILE; longer ones of a symbol are history',
      more,
      [],
    )
    .addOption(
      new Option('--exchange <venue>', 'fetch the candles from there instead').choices([...exchanges]),
    )
    .option('--symbol <pair...>', 'what to fetch, as BTC/USDT', more, [])
    .addOption(
      new Option('--timeframe <length>', 'the candles to fetch')
        .choices(Object.keys(timeframeMs))
        .default('5m'),
    )
    .option(
      '--from <time>',
      'the first day, or moment (UTC); with --candles what comes before is history',
      time,
    )
    .option('--to <time>', 'the day, or moment, before which it ends (UTC)', time)
    .option('--strategy <name>', 'smart-entry, council, or a FILE.ts of your own')
    .option('--parameters <json>', 'of the strategy, as {"fast": 9} or a file of it')
    .option(
      '--signals <file>',
      'a CSV of time_ms,symbol,action,confidence,stop_loss,take_profit instead of a strategy',
    )
    .option('--settings <file>', 'a JSON file of user settings by their names; null is off')
    .addOption(new Option('--profile <name>', 'whose settings the others go over').choices(['ase', 'pro']))
    .option('--weights <file>', 'of ml_filter, where it is on (default: ML_WEIGHTS, ml_weights.json)')
    .addOption(
      new Option('--market <kind>', 'spot, unless the settings allow shorts or there is funding').choices([
        'spot',
        'futures',
      ]),
    )
    .option(
      '--fee <ratio>',
      'of each fill; 0.001 is 0.1 % (default: 0.001 on spot, 0.0005 on futures)',
      ratio,
    )
    .option('--slippage <ratio>', 'how far each fill is beyond its price, against you', ratio, 0)
    .option(
      '--funding <file...>',
      'venue-SYMBOL-funding….csv or SYMBOL=FILE of time_ms,funding_rate',
      more,
      [],
    )
    .option('--capital <amount>', 'what the account begins with, in quote', amount, 10_000)
    .option('--detail <file...>', 'shorter candles of the same time, for the path inside a candle', more, [])
    .option('--json <file>', 'write {settings, summary, trades, skipped} there')
    .option('--report <file>', 'write a page to look at there (HTML)')
    .option('--trades <file>', 'write the trades there (CSV)')
    .option(
      '--ablate',
      'run it again without each part of the strategy and each layer of SmartExit, and compare',
    )
    .addHelpText(
      'after',
      '\nA signal of one candle enters at the open of the next; inside a candle the path is the worst for the position. The exit code is 0 when it ran to the end, whatever it earned.',
    )
    .action(run)
}

async function run(options: Options): Promise<void> {
  const { planRun } = await import('../backtest/plan-run.ts')
  const { runBacktest } = await import('../backtest/run.ts')
  const { gapSentences } = await import('../backtest/recorded-candles.ts')
  const { summarize } = await import('../backtest/summary/summary.ts')
  const { summaryText } = await import('../backtest/summary/text.ts')
  const progress = backtestProgress()
  for (const option of ['json', 'report', 'trades'] as const) requireFolder(`--${option}`, options[option])
  const wish = await wishOf(options, progress.say)
  const planned = await planRun(wish)
  for (const note of planned.notes) progress.say(note)
  const beganMs = performance.now()
  const ran = await runBacktest(planned.plan, planned.label, progress.at)
  progress.end()
  for (const gap of gapSentences(planned.walked)) progress.say(gap)
  const outcome = { ...ran, seconds: (performance.now() - beganMs) / 1_000 }
  const summary = summarize(outcome)
  if (options.json !== undefined) {
    const { settings, trades, skipped } = outcome
    write('--json', options.json, `${JSON.stringify({ settings, summary, trades, skipped }, undefined, 2)}\n`)
  }
  if (options.trades !== undefined) {
    const { tradesCsv } = await import('../backtest/report/trades-csv.ts')
    write('--trades', options.trades, tradesCsv(outcome.trades))
  }
  if (options.report !== undefined) write('--report', options.report, await pageOf(planned, outcome))
  console.log(summaryText(summary))
  if (options.ablate) console.log(`\n${await ablationOf(wish, progress.say)}`)
}

async function ablationOf(wish: Wish, say: (text: string) => void): Promise<string> {
  const { ablate } = await import('../backtest/ablation.ts')
  const { ablationText } = await import('../backtest/ablation-text.ts')
  const { strategy } = wish
  if (strategy === undefined) throw new Error('an ablation without a strategy was let through')
  const rows = await ablate({ ...wish, strategy }, ({ without, number, of }) =>
    say(`${number} of ${of}: without ${without ?? 'nothing'}`),
  )
  return ablationText(rows)
}

/** What was asked, with every file but the candles read. */
async function wishOf(options: Options, say: (text: string) => void): Promise<Wish> {
  const { strategy, signals, detail, funding, fee, slippage, capital, from, to, profile } = options
  if ((strategy === undefined) === (signals === undefined))
    throw new UserError('name either a --strategy (smart-entry, council, FILE.ts) or a --signals file')
  if ((options.candles.length === 0) === (options.exchange === undefined))
    throw new UserError('name either --candles or an --exchange to fetch them from')
  if (from !== undefined && to !== undefined && to <= from) throw new UserError('--to is not after --from')
  const { marketOf } = await import('../backtest/plan-run.ts')
  const { readConfig } = await import('../config.ts')
  const { readSettings } = await import('../backtest/settings-file.ts')
  const { loadStrategy, readParameters } = await import('../signals/strategies/load.ts')
  const patch = options.settings === undefined ? {} : readSettings(options.settings)
  if (options.ablate && strategy === undefined)
    throw new UserError('--ablate leaves parts of a --strategy out; a --signals file has none')
  if (options.parameters !== undefined && strategy === undefined)
    throw new UserError('--parameters are those of a --strategy')
  const parameters = options.parameters === undefined ? {} : readParameters(options.parameters)
  const settings = { ...patch, ...(profile && { profile }) }
  const { exchange } = options
  const terms = { market: marketOf({ market: options.market, settings, funding }) }
  return {
    candles: exchange === undefined ? options.candles : await fetchAll(options, { ...terms, exchange }, say),
    detail,
    funding,
    settings,
    weights: () => options.weights ?? readConfig().mlWeights,
    ...(strategy !== undefined && { strategy: await loadStrategy(strategy, parameters) }),
    ...(signals !== undefined && { signals }),
    ...terms,
    fee,
    slippage,
    capital,
    fromMs: from,
    toMs: to,
  }
}

/** Fetches what is not kept from before, symbol by symbol. */
async function fetchAll(
  options: Options,
  { exchange, market }: { readonly exchange: Exchange; readonly market: 'spot' | 'futures' },
  say: (text: string) => void,
): Promise<string[]> {
  const { fetchCandles } = await import('../backtest/candles-from-venue.ts')
  const { readConfig } = await import('../config.ts')
  const { from, to, timeframe, symbol: symbols } = options
  if (symbols.length === 0) throw new UserError('--exchange needs a --symbol such as BTC/USDT')
  if (from === undefined || to === undefined) throw new UserError('--exchange needs --from and --to')
  const folder = join(readConfig().bullpenHome, 'candles')
  const files: string[] = []
  for (const symbol of symbols) {
    const fetched = await fetchCandles(
      { exchange, market, symbol, timeframe, fromMs: from, toMs: to },
      { folder, onProgress: (done, note) => say(`${symbol}: ${note ?? `${Math.round(done * 100)} %`}`) },
    )
    for (const gap of fetched.gaps) say(gap)
    files.push(fetched.file)
  }
  return files
}

async function pageOf({ walked }: PlannedRun, outcome: BacktestRun): Promise<string> {
  const { chartedRun } = await import('../backtest/report/charted-run.ts')
  const { reportHtml } = await import('../backtest/report/report.ts')
  const { summarize } = await import('../backtest/summary/summary.ts')
  const { run, charts } = await chartedRun(outcome, walked)
  return reportHtml(run, summarize(run), charts)
}

/** Before a long run, not after it. */
function requireFolder(option: string, file: string | undefined): void {
  if (file === undefined) return
  try {
    accessSync(dirname(file), constants.W_OK)
  } catch (error) {
    throw new UserError(`${option} ${file} cannot be written: ${messageOf(error)}`, { cause: error })
  }
}

function write(option: string, file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw new UserError(`${option} ${file} cannot be written: ${messageOf(error)}`, { cause: error })
  }
}

function more(text: string, before: readonly string[]): string[] {
  return [...before, text]
}

function amount(text: string): number {
  const value = Number(text)
  if (!(value > 0 && value <= 1e12)) throw new InvalidArgumentError('it must be an amount above 0.')
  return value
}
