import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { enqueueOn } from '../queue/enqueue.ts'
import { openQueues } from '../queue/queues.ts'
import { type AccountWish, openAccount } from './accounts.ts'
import { checkBullpen, checkNaive } from './checker.ts'
import { openCoverage } from './coverage.ts'
import { recruit } from './crew.ts'
import { type Field, openField } from './field.ts'
import { openLoad } from './load.ts'
import { askNaive, naiveQueue } from './naive.ts'
import { random } from './random.ts'
import type { ChaosReport } from './report.ts'
import { type Fault, schedule } from './schedule.ts'
import { startStorm } from './storm.ts'
import { Tally } from './tally.ts'
import { readTruth } from './truth.ts'
import { disturbVenue, venueScript } from './whims.ts'

/** What a run is made of. The same options give the same fault schedule and the same wishes. */
export interface ChaosOptions {
  readonly seed: number
  readonly backend: 'redis' | 'postgres'
  readonly orders: number
  readonly killEveryMs: number
  readonly longestFreezeMs: number
  readonly ordersPerSecond: number
  readonly workers: number
  /** Where the workers' output is kept; in a folder that is removed by default. */
  readonly logs?: string
  /** One line of progress, every few seconds. */
  readonly say: (line: string) => void
  readonly signal?: AbortSignal
}

const cli = fileURLToPath(new URL('../cli/main.ts', import.meta.url))
const control = fileURLToPath(new URL('./naive-program.ts', import.meta.url))
const queues = 'orders-binance,exits-binance,accounts,monitor'
const bases = ['BTC', 'ETH', 'BNB', 'SOL', 'XRP', 'ADA', 'DOGE', 'AVAX', 'LINK', 'LTC']
/** Rich accounts on spot, and as many on futures: an order whose outcome is unknown keeps its symbol of one waiting. */
const accountsOfEach = 8
const rich = { USDT: '1000000' }
const everyCoin = Object.fromEntries([...bases.map((base) => [base, '100000']), ['USDT', '10000000']])
const roundMs = 200
/** Nothing moves for so long: what is left is unresolved. */
const stillMs = 150_000

/** Runs the load under faults, lets everything settle, and has it checked. Rejects as soon as the signal aborts. */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  await using closing = new AsyncDisposableStack()
  const { promise: stopped, reject } = Promise.withResolvers<never>()
  options.signal?.addEventListener('abort', () => reject(options.signal?.reason))
  return await Promise.race([play(options, closing), stopped])
}

async function play(options: ChaosOptions, closing: AsyncDisposableStack): Promise<ChaosReport> {
  const { seed, say, signal } = options
  const startedMs = performance.now()
  const tally = new Tally()
  const field = await openField(options, (loss) => tally.add('orders hit', loss), closing)
  const { load, naive } = await openLoads(options, field, closing)
  const coverage = openCoverage(random(seed, 10))
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
            onCrash: (armed) => coverage.died(armed),
          }),
        })
        return closing.adopt(member, (each) => each.stop())
      }),
    )
  const ours = await crew('worker', [cli, 'worker', '--queues', queues], options.workers, true)
  const theirs = await crew('naive', [control], Math.floor(options.workers / 2), false)
  say(`seed ${seed} on ${options.backend}: ${ours.length} workers and ${theirs.length} of the control are up`)

  let steps = 0
  const done = countSteps(field)
  const victims = { ours, naive: theirs, proxies: field.proxies }
  const storm = startStorm(
    schedule(options),
    victims,
    () => steps,
    (fault) => tally.add('fault', nameOf(fault)),
  )
  const calmVenue = await disturbVenue(field.venueUrl, venueScript(seed))
  let planned = 0
  let setBack = 0
  const beganMs = performance.now()
  let saidMs = beganMs
  while (planned < options.orders) {
    signal?.throwIfAborted()
    const due = Math.ceil(((performance.now() - beganMs) / 1_000) * options.ordersPerSecond)
    const made = await load.plan(Math.min(due, options.orders) - planned)
    await Promise.all(Array.from({ length: made }, () => askNaive(naive)))
    planned += made
    setBack += await resume(field)
    steps += await done()
    if (performance.now() - saidMs > 5_000) {
      saidMs = performance.now()
      say(`${planned} of ${options.orders} planned, ${tally.of('fault', 'kill worker')} kills`)
    }
    await sleep(roundMs)
  }
  storm.stop()
  const fired = await calmVenue()
  say(`all ${planned} are planned; the faults end, and what is under way settles`)
  await settled(field, 'orders', options)
  await settled(field, 'naive', options)
  await Promise.all([...ours, ...theirs].map((member) => member.stop()))

  const truth = await readTruth(field.venueUrl)
  const kills = tally.of('fault', 'kill worker')
  const deaths = coverage.table().reduce((total, point) => total + point.kills, 0)
  const { orders, killEveryMs, longestFreezeMs, ordersPerSecond, workers } = options
  return {
    seed,
    backend: options.backend,
    bullpen: { ...(await checkBullpen(field.journal, truth)), kills: kills + deaths },
    naive: { ...(await checkNaive(field.journal, truth)), kills },
    faults: [
      ...tally.table('fault').map(({ what, count }) => {
        const [kind = '', target = ''] = what.split(' ')
        return { kind, target, count }
      }),
      ...tally.table('orders hit').map(({ what, count }) => ({ kind: what, target: 'order', count })),
      ...Object.entries(fired).map(([kind, count]) => ({ kind, target: 'simulator', count })),
    ],
    crashpoints: coverage.table(),
    plan: { orders, killEveryMs, longestFreezeMs, ordersPerSecond, workers },
    seconds: (performance.now() - startedMs) / 1_000,
    ends: tally.table('end').map(({ what, count }) => ({ how: what, count })),
    setBack,
  }
}

async function openLoads({ seed }: ChaosOptions, field: Field, closing: AsyncDisposableStack) {
  const { journal, db, keys, feedOf, venueUrl, backend } = field
  const parts = { db, keys, simulatorUrl: async () => venueUrl }
  const open = async (wish: AccountWish) => (await openAccount(parts, journal, venueUrl, wish)).account
  const markets = ['spot', 'futures'] as const
  const accounts = []
  for (let i = 0; i < accountsOfEach; i++)
    for (const market of markets) accounts.push(await open({ handler: 'bullpen', market, balances: rich }))
  // One that can pay for hardly anything: refusals are part of the picture.
  accounts.push(await open({ handler: 'bullpen', market: 'spot', balances: { USDT: '90' } }))
  const naiveAccounts = []
  for (const market of markets)
    naiveAccounts.push(await open({ handler: 'naive', market, balances: everyCoin }))
  // Bullpen keeps its hands off them: what the control does to them is not to be reconciled.
  await journal.query(
    `update accounts set status = 'closed' where id in (select account_id from chaos.accounts where handler = 'naive')`,
  )
  const opened = closing.adopt(openQueues(backend), (each) => each.close())
  const queue = closing.adopt(backend.queue(naiveQueue), (each) => each.close())
  const load = openLoad({
    db,
    journal,
    keys,
    enqueue: enqueueOn(opened),
    feedOf,
    accounts,
    bases,
    next: random(seed, 11),
    mostWaiting: 60,
  })
  const naive = { journal, queue, feedOf, accounts: naiveAccounts, bases, next: random(seed, 12) }
  return { load, naive }
}

/** What an operator would do who wants to go on: lifts halts, and takes accounts back. Returns how many. */
async function resume({ journal }: Field): Promise<number> {
  const halts = await journal.query(`update halts set mode = 'none' where mode <> 'none' returning key`)
  const accounts = await journal.query(
    `update accounts set status = 'active', status_reason = null where status in ('paused', 'degraded') returning id`,
  )
  return halts.length + accounts.length
}

/** Counts the steps that orders have gone since the last time it was asked. */
function countSteps({ journal }: Field): () => Promise<number> {
  let last = '0'
  return async () => {
    const [row] = await journal.query<{ steps: number; last: string | null }>(
      'select count(from_state)::int as steps, max(id)::text as last from order_events where id > $1',
      [last],
    )
    last = row?.last ?? last
    return row?.steps ?? 0
  }
}

const unsettled = {
  orders: `select count(*)::int as left, (select max(id)::text from order_events) as moved from orders
    where state in ('planned', 'submitting', 'unknown', 'canceling')
      or (state in ('open', 'partially_filled') and type = 'market')`,
  naive: `select count(*)::int as left, count(*)::text as moved from chaos.naive where state = 'asked'`,
}

/** Waits until nothing is under way, or nothing has moved for long. */
async function settled(
  { journal }: Field,
  what: keyof typeof unsettled,
  { say, signal }: ChaosOptions,
): Promise<void> {
  let last = ''
  let stillSince = performance.now()
  for (let i = 1; ; i++) {
    signal?.throwIfAborted()
    const [row] = await journal.query<{ left: number; moved: string }>(unsettled[what])
    if (!row || row.left === 0) return
    if (row.moved !== last) {
      last = row.moved
      stillSince = performance.now()
    }
    if (performance.now() - stillSince > stillMs) return
    if (i % 10 === 0) say(`${row.left} ${what === 'naive' ? 'of the control ' : ''}are under way`)
    await sleep(500)
  }
}

function nameOf(fault: Fault): string {
  return 'target' in fault ? `${fault.kind} ${fault.target}` : `${fault.kind} worker`
}
