import { type Command, InvalidArgumentError } from 'commander'
import { UserError } from '../errors.ts'
import { backtestProgress } from './backtest-progress.ts'
import { addCandleOptions, type CandleOptions, candleWish } from './candle-options.ts'

interface Options extends CandleOptions {
  readonly strategy: readonly string[]
  readonly weights?: string
}

/** `bullpen ml`: fits the filter of setups to recorded candles, and judges it. */
export function ml(program: Command): void {
  const command = program.command('ml').description('fit and judge the filter of setups (ml_filter)')
  const weights = ['--weights <file>', 'the filter (default: ML_WEIGHTS, ml_weights.json)'] as const
  const strategy = ['--strategy <name...>', 'whose setups: smart-entry, council, or a FILE.ts'] as const
  addCandleOptions(command.command('train'))
    .description('fit it to the earlier setups, judge it by the later ones, and save it when it beats chance')
    .option(...strategy, ['smart-entry'])
    .option(...weights)
    .option('--holdout <share>', 'of the setups, the latest, that it is judged by', share, 0.25)
    .action(train)
  addCandleOptions(command.command('evaluate'))
    .description('judge a filter by other candles')
    .option(...strategy, ['smart-entry'])
    .option(...weights)
    .action(evaluate)
}

async function train(options: Options & { readonly holdout: number }): Promise<void> {
  const { trainFilter } = await import('../backtest/learning/train.ts')
  const { chanceIn } = await import('../backtest/learning/judgement.ts')
  const { judgementText, weightsText } = await import('../backtest/learning/text.ts')
  const { writeSetupWeights } = await import('../signals/setup-weights.ts')
  const { examples, recorded } = await readExamples(options)
  const { market, fee, slippage, symbols } = recorded.planned.label
  const sources = recorded.sources.map(({ source }) => source)
  const about = { sources, symbols: [...symbols], market, fee, slippage }
  const { weights, judgement } = trainFilter(examples, options.holdout, about)
  console.log(`${weightsText(weights)}\n${judgementText(judgement)}`)
  const chance = chanceIn(judgement)
  if (chance !== undefined) throw new UserError(`not saved, for it is no better than chance: ${chance}`)
  const file = await weightsFile(options)
  writeSetupWeights(file, weights)
  console.log(`saved as ${file}`)
}

async function evaluate(options: Options): Promise<void> {
  const { readSetupWeights } = await import('../signals/setup-weights.ts')
  const { forecastsOf } = await import('../backtest/learning/examples.ts')
  const { chanceIn, judge } = await import('../backtest/learning/judgement.ts')
  const { judgementText } = await import('../backtest/learning/text.ts')
  const file = await weightsFile(options)
  const weights = readSetupWeights(file)
  if (weights === undefined) throw new UserError(`${file}: there is no such file; bullpen ml train makes it`)
  const { examples } = await readExamples(options)
  const judgement = judge(forecastsOf(weights, examples), weights.trained.winRate)
  if (judgement === undefined)
    throw new UserError(`${examples.length} setups, and all of them won or none did: nothing to judge it by`)
  const { from, to } = weights.trained
  if (examples.some(({ bornMs, overMs }) => overMs > Date.parse(from) && bornMs < Date.parse(to)))
    process.stderr.write(`some of these setups are among those it learned from (${from} to ${to})\n`)
  console.log(judgementText(judgement))
  const chance = chanceIn(judgement)
  console.log(chance === undefined ? 'it beats chance here' : `no better than chance here: ${chance}`)
}

async function readExamples(options: Options) {
  const { recordAll } = await import('../backtest/evidence/ask-evidence.ts')
  const { examplesOf } = await import('../backtest/learning/examples.ts')
  const { loadStrategy } = await import('../signals/strategies/load.ts')
  const progress = backtestProgress()
  const strategies = []
  for (const name of options.strategy) strategies.push(await loadStrategy(name))
  const wish = await candleWish(options)
  const recorded = await recordAll(wish, strategies, (symbol) => progress.say(`reads ${symbol}`))
  return { recorded, examples: examplesOf(recorded.grounds) }
}

async function weightsFile({ weights }: Options): Promise<string> {
  if (weights !== undefined) return weights
  const { readConfig } = await import('../config.ts')
  return readConfig().mlWeights
}

function share(text: string): number {
  const value = Number(text)
  if (!(value >= 0.05 && value <= 0.9)) throw new InvalidArgumentError('it must be a share from 0.05 to 0.9.')
  return value
}
