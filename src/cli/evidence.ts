import { writeFileSync } from 'node:fs'
import { type Command, InvalidArgumentError } from 'commander'
import { messageOf, UserError } from '../errors.ts'
import { backtestProgress } from './backtest-progress.ts'
import { addCandleOptions, type CandleOptions, candleWish } from './candle-options.ts'

interface Options extends CandleOptions {
  readonly strategy: readonly string[]
  readonly permutations: number
  readonly seed: number
  readonly json?: string
}

/** `bullpen evidence`: what the signals of each source were worth beside random ones, over recorded candles. */
export function evidence(program: Command): void {
  const command = program
    .command('evidence')
    .description('weigh the signals of each source against chance, over recorded candles')
  addCandleOptions(command)
    .option('--strategy <name...>', 'smart-entry, council, or a FILE.ts of your own', [
      'smart-entry',
      'council',
    ])
    .option('--permutations <count>', 'random runs that each source is compared with', whole, 1_000)
    .option('--seed <number>', 'of the random runs', whole, 1)
    .option('--json <file>', 'write {settings, rows} there')
    .addHelpText(
      'after',
      '\nEvery signal is entered at the next open, alone, and left by the exits of the settings, after fees. A random run moves all\nsignals by one span of time: p is the share of them that did at least as well.',
    )
    .action(run)
}

async function run(options: Options): Promise<void> {
  const { recordAll, evidenceOf } = await import('../backtest/evidence/ask-evidence.ts')
  const { evidenceText } = await import('../backtest/evidence/evidence-text.ts')
  const { loadStrategy } = await import('../signals/strategies/load.ts')
  const { random } = await import('../bench/random.ts')
  const progress = backtestProgress()
  const strategies = []
  for (const name of options.strategy) strategies.push(await loadStrategy(name))
  const wish = await candleWish(options)
  const recorded = await recordAll(wish, strategies, (symbol) => progress.say(`reads ${symbol}`))
  const rows = []
  const test = { permutations: options.permutations, draw: random(options.seed) }
  for (const row of evidenceOf(recorded, test)) {
    progress.say(`${row.source}: ${row.signals} signals, ${options.permutations} random runs`)
    rows.push(row)
  }
  if (options.json !== undefined) {
    const { permutations, seed } = options
    const settings = { ...recorded.planned.label, permutations, seed }
    try {
      writeFileSync(options.json, `${JSON.stringify({ settings, rows }, undefined, 2)}\n`)
    } catch (error) {
      throw new UserError(`--json ${options.json} cannot be written: ${messageOf(error)}`, { cause: error })
    }
  }
  console.log(evidenceText(rows))
}

function whole(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value) || value < 1 || value > 1_000_000)
    throw new InvalidArgumentError('it must be a whole number from 1 to 1,000,000.')
  return value
}
