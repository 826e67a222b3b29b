import { existsSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Config, type ConnectedConfig, environmentFor } from '../config.ts'
import { connectedConfig, usualSimulatorUrl } from '../database/connected.ts'
import { openHeld } from '../database/open.ts'
import { UserError } from '../errors.ts'
import { prepareHome } from '../home/folder.ts'
import { type Claim, claimHome } from '../home/running.ts'
import { type Role, type SupervisedChild, superviseChild } from './child.ts'
import type { Console } from './console.ts'
import { loopbackPort, requireFreePort } from './port.ts'
import { aborted } from './stop-signal.ts'

/** With what one signs in to the dashboard. */
interface SignIn {
  readonly email: string
  readonly role: string
  /** Absent once its owner has changed it. */
  readonly password?: string
}

/** What is run, by whoever knows it. */
export interface Parts {
  /** Brings the database up to date and returns the names of the migrations it applied. */
  migrate(url: string): Promise<readonly string[]>
  /** Makes the first users and accounts when there are none; returns with what one signs in. */
  seed(config: ConnectedConfig): Promise<readonly SignIn[]>
  readonly simulator: Role
  /** Workers and web: they need the simulator, and stop before it does. */
  readonly others: readonly Role[]
}

const simulatorDeadlineMs = 60_000
const readyDeadlineMs = 120_000
/** Together with 5 s for the database at the very worst: everything is gone within 10 s. */
const drainMs = { others: 4_500, simulator: 500 }
const hopelessAfter = 3

/**
 * Starts all of Bullpen on this machine, keeps it running until `stop` aborts, and stops it in order: workers and web,
 * then the simulator, then the database.
 * @throws UserError when something is in the way; whatever was started is stopped again.
 */
export async function runEverything(
  config: Config,
  parts: Parts,
  screen: Console,
  stop: AbortSignal,
): Promise<void> {
  const startedMs = performance.now()
  requireReplayFiles(config)
  prepareHome(config.bullpenHome)
  await using closing = new AsyncDisposableStack()
  const claim = claimOrThrow(config.bullpenHome)
  closing.defer(claim.release)
  await requireFreePort(config.port)
  screen.step(`Data folder ${config.bullpenHome}`)

  const database = await openHeld(config, screen.step)
  closing.defer(database.stop)
  const simulatorUrl =
    config.simulatorUrl ?? `http://127.0.0.1:${await loopbackPort(Number(new URL(usualSimulatorUrl).port))}`
  const connected = connectedConfig({ ...config, simulatorUrl }, database)
  const { host, pathname } = new URL(database.url)
  screen.step(database.owned ? `PostgreSQL on ${host}` : `Database ${host}${pathname}`)
  if (stop.aborted) return
  const applied = await parts.migrate(database.url)
  screen.step(
    applied.length > 0 ? `Schema brought up to date (${applied.length} new)` : 'Schema is up to date',
  )

  const { promise: hopeless, reject: giveUp } = Promise.withResolvers<never>()
  hopeless.catch(() => {}) // when it comes after everything is up, nobody waits for it any more
  const keep = (role: Role, index = 0) => keepRunning(role, besides(connected, index), screen, giveUp)
  const untilReady = (children: readonly SupervisedChild[], deadlineMs: number) =>
    Promise.race([
      Promise.all(children.map(({ ready }) => ready)),
      tooLate(children, deadlineMs),
      hopeless,
      aborted(stop),
    ])

  const simulator = keep(parts.simulator)
  closing.defer(() => simulator.stop(drainMs.simulator))
  await untilReady([simulator], simulatorDeadlineMs)
  if (stop.aborted) return
  claim.publish(simulatorUrl)
  screen.step(`Exchange simulator on ${simulatorUrl}, market data ${config.marketData.kind}`)
  const signIns = await parts.seed(connected)
  if (stop.aborted) return

  const others = parts.others.map((role, index) => keep(role, index))
  closing.defer(async () => {
    await Promise.all(others.map((child) => child.stop(drainMs.others)))
  })
  await untilReady(others, readyDeadlineMs)
  if (stop.aborted) return
  screen.step(`${others.map(({ name }) => name).join(', ')} are up`)
  screen.text(welcome(config, signIns, performance.now() - startedMs))
  await aborted(stop)
  screen.text('Stopping')
}

/** Each process serves its metrics on a port of its own: METRICS_PORT and those after it. */
function besides(config: ConnectedConfig, index: number): ConnectedConfig {
  return config.metricsPort === undefined ? config : { ...config, metricsPort: config.metricsPort + index }
}

function keepRunning(
  role: Role,
  config: ConnectedConfig,
  screen: Console,
  giveUp: (error: Error) => void,
): SupervisedChild {
  let ends = 0
  return superviseChild(role, {
    env: environmentFor(config),
    onLine: screen.line,
    onEnd(name, how, againInMs) {
      screen.line(name, `${name} ${how}; it is started again in ${againInMs / 1000} s`)
      if (++ends === hopelessAfter)
        giveUp(new UserError(`${name} ${how} for the third time: its lines are above`))
    },
  })
}

async function tooLate(children: readonly SupervisedChild[], deadlineMs: number): Promise<never> {
  const waiting = new Set(children)
  for (const child of children) void child.ready.then(() => waiting.delete(child))
  await sleep(deadlineMs, undefined, { ref: false })
  const names = [...waiting].map(({ name }) => name).join(', ')
  throw new UserError(`Not ready within ${deadlineMs / 1000} s: ${names}`)
}

function claimOrThrow(home: string): Claim {
  const found = claimHome(home, 'start')
  if ('claim' in found) return found.claim
  const { command, pid } = found.heldBy
  throw new UserError(
    `bullpen ${command} already runs in ${home} (pid ${pid}): stop that one, or set BULLPEN_HOME to another folder`,
  )
}

function requireReplayFiles({ marketData }: Config): void {
  if (marketData.kind !== 'replay') return
  const missing = marketData.files.filter((file) => !existsSync(file))
  if (missing.length > 0)
    throw new UserError(missing.map((file) => `MARKET_DATA: there is no file ${file}`).join('\n'))
}

function welcome({ publicUrl }: Config, signIns: readonly SignIn[], ms: number): string {
  const lines = signIns.map(({ email, role, password }, i) => {
    const how = password === undefined ? 'with the password you chose' : `password ${password}`
    return `  ${i === 0 ? 'Sign in as' : 'or as     '}   ${email}, ${how}${role === 'admin' ? ' (admin)' : ''}`
  })
  return [
    '',
    `Bullpen is ready after ${(ms / 1000).toFixed(1)} s.`,
    `  Dashboard    ${publicUrl}`,
    `  Bull Board   ${publicUrl}/ops/queues`,
    ...lines,
    'What to do next:',
    '  1. Open the dashboard and watch signals become decisions, orders and positions.',
    '  2. Look at the jobs in Bull Board, and ask `npx bullpen doctor` in a second terminal whether all is well.',
    '  3. Stop everything with Ctrl-C; the next start goes on where this one ended.',
    '',
  ].join('\n')
}
