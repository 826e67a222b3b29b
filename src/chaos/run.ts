import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Exchange } from '../domain/market.ts'
import { checkBullpen } from './checker.ts'
import { type Coverage, openCoverage } from './coverage.ts'
import { type Member, recruit } from './crew.ts'
import { openField } from './field.ts'
import { openLoads } from './loads.ts'
import { askNaive } from './naive.ts'
import { checkNaive } from './naive-checker.ts'
import { countSteps, resume } from './operator.ts'
import { random } from './random.ts'
import type { ChaosReport } from './report.ts'
import { type Fault, type FaultSet, stormOf } from './schedule.ts'
import { comparedAll, settled, stopsKnown } from './settle.ts'
import { startStorm } from './storm.ts'
import { Tally } from './tally.ts'
import { readTruth } from './truth.ts'
import { calmScript, disturbVenue, venueScript } from './whims.ts'

/** What a run is made of. The same options give the same fault schedule and the same wishes. */
export interface ChaosOptions {
  readonly seed: number
  readonly backend: 'redis' | 'postgres'
  /** The venue that everything is sent to. */
  readonly exchange: Exchange
  readonly orders: number
  readonly killEveryMs: number
  readonly longestFreezeMs: number
  /** Which of the faults are played: every one, the kills alone, or none, to see what the load is without them. */
  readonly faults: FaultSet
  readonly ordersPerSecond: number
  readonly workers: number
  /** Goes on until each crash point has killed so many workers, at most for `mostTimes` as many orders; 0: as it comes. */
  readonly eachCrashpoint: number
  /** Whether people also use the venue's own app: they sell, deposit, and take stops away. */
  readonly hands: boolean
  /** Where the workers' output is kept; in a folder that is removed by default. */
  readonly logs?: string
  /** One line of progress, every few seconds. */
  readonly say: (line: string) => void
  readonly signal?: AbortSignal
}

const cli = fileURLToPath(new URL('../cli/main.ts', import.meta.url))
const control = fileURLToPath(new URL('./naive-program.ts', import.meta.url))
const roundMs = 200
/** Workers that end what was under way when the others stopped. */
const lastWorkers = 2
/** How many times as many orders as asked for are planned at most for the sake of a crash point. */
const mostTimes = 20

/** Runs the load under faults, lets everything settle, and has it checked. Rejects as soon as the signal aborts. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  await using closing = new AsyncDisposableStack()
  const { promise: stopped, reject } = Promise.withResolvers<never>()
  options.signal?.addEventListener('abort', () => reject(options.signal?.reason))
  return await Promise.race([play(options, closing), stopped])
}

async function play(options: ChaosOptions, closing: AsyncDisposableStack): Promise<ChaosReport> {
  const { seed, exchange, say, signal } = options
  const startedMs = performance.now()
  const tally = new Tally()
  const field = await openField(options, (loss) => tally.add('orders hit', loss), closing)
  const { load, naive, people, enqueue } = await openLoads(options, field, tally, closing)
  const coverage = openCoverage(random(seed, 10), options.eachCrashpoint)
  const crew = (name: string, args: readonly string[], count: number, isArmed: boolean) =>
    Promise.all(
      Array.from({ length: count }, async (_, i) => {
        const member = await recruit({
          name,
          args,
          env: field.env,
          log: join(options.logs ?? field.folder, `${name}-${i}.log`),
          onEnd: (_name, how) => tally.add('end', `${name} ${how}`),
          ...(isArmed && {
            arm: () => coverage.next(),
            onCrash: (name) => coverage.died(name),
          }),
        })
        return closing.adopt(member, (each) => each.stop())
      }),
    )
  const ours = await crew(
    'worker',
    [cli, 'worker', '--queues', `${queuesOf(exchange)},monitor`],
    options.workers,
    options.faults !== 'none',
  )
  const theirs = await crew('naive', [control], Math.max(2, Math.floor(options.workers / 2)), false)
  say(`seed ${seed} on ${options.backend}: ${ours.length} workers and ${theirs.length} of the control are up`)

  let steps = 0
  const done = countSteps(field)
  const victims = { ours, naive: theirs, proxies: field.proxies }
  const storm = startStorm(
    stormOf(options),
    victims,
    () => steps,
    (fault) => tally.add('fault', nameOf(fault)),
  )
  const script = options.faults === 'all' ? venueScript(seed, options.eachCrashpoint > 0) : calmScript(seed)
  const calmVenue = await disturbVenue(field.venueUrl, script)
  let planned = 0
  let setBack = 0
  const beganMs = performance.now()
  let saidMs = beganMs
  const isEnough = () =>
    planned >= options.orders && (coverage.lacking().length === 0 || planned >= options.orders * mostTimes)
  while (!isEnough()) {
    signal?.throwIfAborted()
    const due = Math.ceil(((performance.now() - beganMs) / 1_000) * options.ordersPerSecond)
    const most = coverage.lacking().length > 0 ? Number.POSITIVE_INFINITY : options.orders
    const made = await load.plan(Math.min(due, most) - planned)
    await Promise.all(Array.from({ length: made }, () => askNaive(naive)))
    planned += made
    people.meddle(made)
    setBack += await resume(field)
    steps += await done()
    if (performance.now() - saidMs > 5_000) {
      saidMs = performance.now()
      say(
        `${planned} of ${options.orders} planned, ${tally.of('fault', 'kill worker')} kills${wanted(coverage)}`,
      )
    }
    await sleep(roundMs)
  }
  storm.stop()
  // The control may be far behind: the venue goes on doing wrong until it has asked for everything once.
  await settled(field, 'naive', options)
  const fired = await calmVenue()
  say(`all ${planned} are planned; the faults end, and what is under way settles`)
  await people.settle()
  await settled(field, 'orders', options)
  field.holdMarket()
  await stopsKnown(field, options)
  await comparedAll(field, enqueue, options)
  await settled(field, 'naive', options)
  await stopAll([...ours, ...theirs])
  // Whoever watches positions begins something new at any time: what they left is ended by workers that begin nothing.
  const last = await crew('last', [cli, 'worker', '--queues', queuesOf(exchange)], lastWorkers, false)
  await settled(field, 'orders', options)
  await stopAll(last)

  const truth = await readTruth(field.venueUrl)
  const kills = tally.of('fault', 'kill worker')
  const deaths = coverage.table().reduce((total, point) => total + point.kills, 0)
  const { orders, killEveryMs, longestFreezeMs, ordersPerSecond, workers, eachCrashpoint, hands } = options
  const plan = { orders, killEveryMs, longestFreezeMs, ordersPerSecond, workers, eachCrashpoint, hands }
  return {
    seed,
    backend: options.backend,
    exchange,
    bullpen: { ...(await checkBullpen(field.journal, truth)), kills: kills + deaths },
    naive: { ...(await checkNaive(field.journal, truth)), kills },
    faults: [
      ...tally.table('fault').map(({ what, count }) => {
        const [kind = '', target = ''] = what.split(' ')
        return { kind, target, count }
      }),
      ...tally.table('orders hit').map(({ what, count }) => ({ kind: what, target: 'order', count })),
      ...tally.table('people').map(({ what, count }) => ({ kind: what, target: 'people', count })),
      ...Object.entries(fired).map(([kind, count]) => ({ kind, target: 'simulator', count })),
    ],
    crashpoints: coverage.table(),
    plan: { ...plan, faults: options.faults },
    seconds: (performance.now() - startedMs) / 1_000,
    ends: tally.table('end').map(({ what, count }) => ({ how: what, count })),
    setBack,
  }
}

/** Where orders are sent, taken back and looked for; positions are watched elsewhere. */
function queuesOf(exchange: Exchange): string {
  return `orders-${exchange},exits-${exchange},accounts`
}

async function stopAll(crew: readonly Member[]): Promise<void> {
  await Promise.all(crew.map((member) => member.stop()))
}

/** What is still to be reached, for the line of progress. */
function wanted(coverage: Coverage): string {
  const lacking = coverage.lacking()
  return lacking.length === 0
    ? ''
    : `; ${lacking.length} crash points to go: ${lacking.slice(0, 5).join(', ')}`
}

function nameOf(fault: Fault): string {
  return 'target' in fault ? `${fault.kind} ${fault.target}` : `${fault.kind} worker`
}
