import { readFileSync } from 'node:fs'
import { messageOf, UserError } from '../errors.ts'
import type { AccountWish } from '../simulator/seeds.ts'
import { type Simulator, startSimulator } from '../simulator/simulator.ts'
import { openTape, type Tape } from '../simulator/tape/tape.ts'
import { venues as built } from '../simulator/venues/index.ts'
import { aborted, stopSignal } from '../supervisor/stop-signal.ts'

/** What a simulator that runs alone is asked to be. */
export interface AloneOptions {
  readonly venues?: readonly string[]
  readonly tape: string
  readonly seed: number
  readonly speed: number
  readonly accounts?: string // a file
  readonly rules?: 'strict' | 'lenient'
  readonly journal?: string // a folder
}

/**
 * Runs the simulator until it is told to stop. Its one line on stdout says that it is ready, and where each venue's
 * markets are. Throws UserError with one line for what the caller can put right.
 */
export async function runAlone(port: number, options: AloneOptions): Promise<never> {
  const stop = stopSignal()
  const { venues = built.map(({ name }) => name), rules, journal } = options
  const names = built.map(({ name }) => name).join(', ')
  for (const name of venues) {
    if (!built.some((each) => each.name === name))
      throw new UserError(`--venues: there is no "${name}"; these are simulated: ${names}`)
  }
  const tape = tapeOf(options)
  const wishes = options.accounts === undefined ? [] : accountsIn(options.accounts)
  const simulator = await listening(port, {
    tape,
    venues,
    ...(rules && { rules }),
    ...(journal !== undefined && { home: journal }),
    onError: (error) => process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`),
  })
  try {
    addAll(simulator, wishes, options.accounts ?? '')
  } catch (error) {
    await simulator.stop()
    throw error
  }
  const markets = built
    .filter(({ name }) => venues.includes(name))
    .map((venue) => [venue.name, Object.fromEntries(venue.markets.map((market) => [market, simulator.url]))])
  process.stdout.write(`${JSON.stringify({ ready: true, venues: Object.fromEntries(markets) })}\n`)
  await aborted(stop)
  await simulator.stop()
  process.exit(0)
}

async function listening(port: number, options: Parameters<typeof startSimulator>[0]): Promise<Simulator> {
  try {
    return await startSimulator({ ...options, port })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
      throw new UserError(`--port: ${port} is taken; another program listens there`, { cause: error })
    throw new UserError(messageOf(error), { cause: error })
  }
}

function tapeOf({ tape, seed, speed }: AloneOptions): Tape {
  const isNamed = tape === 'synthetic' || tape.startsWith('replay:')
  try {
    return openTape(isNamed ? tape : `replay:${tape}`, { seed, speed, nowMs: Date.now() })
  } catch (error) {
    throw new UserError(`--tape: ${messageOf(error)}`, { cause: error })
  }
}

function accountsIn(file: string): readonly unknown[] {
  let read: unknown
  try {
    read = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    const why =
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'there is no such file' : messageOf(error)
    throw new UserError(`--accounts: ${file}: ${why}`, { cause: error })
  }
  if (!Array.isArray(read)) throw new UserError(`--accounts: ${file}: it is not a list`)
  return read
}

function addAll(simulator: Simulator, wishes: readonly unknown[], file: string): void {
  const keys = new Set<unknown>()
  for (const [index, wish] of wishes.entries()) {
    const key = (wish as AccountWish | null)?.apiKey
    try {
      if (keys.has(key)) throw new Error('an account above has the same API key')
      keys.add(key)
      simulator.addAccount(wish as AccountWish)
    } catch (error) {
      // Not 'apiKey: …': what is printed hides whatever follows that.
      const why = messageOf(error).replace(/^(apiKey|secret|passphrase): /, 'its $1 is wrong, ')
      throw new UserError(`--accounts: ${file}: account ${index + 1}: ${why}`, { cause: error })
    }
  }
}
