import { mkdirSync, writeFileSync } from 'node:fs'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { verdictOf } from '../chaos/report.ts'
import { scenarios } from '../chaos/scenarios/index.ts'
import type { FaultSet } from '../chaos/schedule.ts'
import type { Exchange } from '../domain/market.ts'
import { UserError } from '../errors.ts'
import { exchanges } from '../queue/contracts.ts'
import { stopSignal } from '../supervisor/stop-signal.ts'

interface Options {
  readonly orders: number
  readonly killEvery: number
  readonly backend: 'redis' | 'postgres'
  readonly exchange: Exchange
  readonly seed: number
  readonly rate: number
  readonly workers: number
  readonly longestFreeze: number
  readonly faults: FaultSet
  readonly eachCrashpoint: number
  readonly hands: boolean
  readonly scenario?: string
  readonly times?: number
  readonly json?: string
  readonly html?: string
  readonly logs?: string
}

const longestStopMs = 60_000

/** `bullpen chaos`: orders under kills and broken wires, beside a naive handler that must fail. */
export function chaos(program: Command): void {
  program
    .command('chaos')
    .description('prove, under kills and broken wires, that every order happens exactly once')
    .option('--orders <number>', 'how many orders are planned', whole(1, 1_000_000), 1_000)
    .option('--kill-every <seconds>', 'a worker is killed (SIGKILL) so often', seconds, 2)
    .addOption(
      new Option('--backend <store>', 'where the queue lives')
        .choices(['redis', 'postgres'])
        .default('postgres'),
    )
    .addOption(
      new Option('--exchange <exchange>', 'the venue that everything is sent to')
        .choices(exchanges)
        .default('binance'),
    )
    .option('--seed <number>', 'the same seed gives the same fault schedule', whole(0, 2 ** 31), 1)
    .option('--rate <orders>', 'orders planned a second at most', whole(1, 1_000), 20)
    .option('--workers <number>', 'worker processes', whole(2, 32), 8)
    .option('--longest-freeze <seconds>', 'the longest that a worker is stopped (SIGSTOP)', seconds, 45)
    .addOption(
      new Option('--faults <kinds>', 'every fault, kills alone, or none: how protected positions are without')
        .choices(['all', 'kills', 'none'])
        .default('all'),
    )
    .option(
      '--each-crashpoint <number>',
      'go on, for 20 times as many orders at most, until each crash point has killed so many workers',
      whole(0, 10_000),
      0,
    )
    .option('--hands', "people also sell, deposit and take stops away in the venue's own app", false)
    .addOption(
      new Option('--scenario <name>', 'play one kind of fault alone instead').choices(Object.keys(scenarios)),
    )
    .option('--times <number>', 'how often it happens in a scenario', whole(1, 1_000_000))
    .option('--json <file>', 'write the report there')
    .option('--html <file>', 'write the report there as a page to look at')
    .option('--logs <folder>', "keep the workers' output there")
    .addHelpText(
      'after',
      '\nThe exit code is 0 when nothing was done twice or lost, 1 when something was, and 2 when the naive control came through unharmed: then the run proves nothing.',
    )
    .action((options: Options, command: Command) =>
      options.scenario === undefined ? run(options) : playOne(options.scenario, options, command),
    )
}

async function run(options: Options): Promise<void> {
  const { runChaos } = await import('../chaos/run.ts')
  const { summaryOf } = await import('../chaos/report.ts')
  const { pageOf } = await import('../chaos/page.ts')
  const signal = begin(options)
  const running = runChaos({
    ...options,
    killEveryMs: options.killEvery * 1_000,
    longestFreezeMs: options.longestFreeze * 1_000,
    ordersPerSecond: options.rate,
    say,
    signal,
  })
  const report = await unlessStopped(signal, running)
  console.log(summaryOf(report))
  if (options.json !== undefined) write('--json', options.json, `${JSON.stringify(report, undefined, 2)}\n`)
  if (options.html !== undefined) write('--html', options.html, pageOf(report))
  process.exit({ passed: 0, failed: 1, void: 2 }[verdictOf(report)])
}

/** Plays one scenario; what is not asked for is as the scenario wants it. */
async function playOne(name: string, options: Options, command: Command): Promise<void> {
  const { lineOf, playScenario } = await import('../chaos/scenarios/scenario.ts')
  const scenario = await scenarios[name]?.()
  if (!scenario) throw new Error(`there is no scenario ${name}`)
  const signal = begin(options)
  const isAsked = command.getOptionValueSource('workers') !== 'default'
  const { times = scenario.times } = options
  const workers = isAsked ? options.workers : scenario.workers
  const playing = playScenario(name, scenario, { ...options, times, workers, say, signal })
  const report = await unlessStopped(signal, playing)
  console.log(lineOf(report))
  if (options.json !== undefined) write('--json', options.json, `${JSON.stringify(report, undefined, 2)}\n`)
  process.exit({ passed: 0, failed: 1, void: 2 }[report.verdict])
}

function begin({ logs }: Options): AbortSignal {
  // What nobody caught ends the run as a stop does: the stores and the venue are processes of their own.
  const uncaught = new AbortController()
  process.on('uncaughtException', (thrown) => uncaught.abort(thrown))
  const signal = AbortSignal.any([stopSignal(), uncaught.signal])
  // A store that is gone already may never answer that it was closed.
  signal.addEventListener('abort', () =>
    setTimeout(() => process.exit(uncaught.signal.aborted ? 1 : 130), longestStopMs).unref(),
  )
  if (logs !== undefined) mkdirSync(logs, { recursive: true })
  return signal
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

async function unlessStopped<T>(signal: AbortSignal, running: Promise<T>): Promise<T> {
  try {
    return await running
  } catch (error) {
    const isStop = signal.aborted && (signal.reason as Error).name === 'AbortError'
    if (!isStop) throw signal.aborted ? signal.reason : error
    say('stopped')
    process.exit(130)
  }
}

function whole(from: number, to: number): (text: string) => number {
  return (text) => {
    if (!/^\d{1,10}$/.test(text) || Number(text) < from || Number(text) > to)
      throw new InvalidArgumentError(`it must be a whole number from ${from} to ${to}.`)
    return Number(text)
  }
}

function seconds(text: string): number {
  if (!/^\d{1,4}(\.\d{1,3})?$/.test(text) || Number(text) <= 0)
    throw new InvalidArgumentError('it must be a number of seconds above 0.')
  return Number(text)
}

function write(option: string, file: string, text: string): void {
  try {
    writeFileSync(file, text)
  } catch (error) {
    throw new UserError(`${option} ${file} cannot be written: ${(error as Error).message}`, { cause: error })
  }
}
