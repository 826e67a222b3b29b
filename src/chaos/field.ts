import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { connect, type Db } from '#db/client.ts'
import { beat, markStopped } from '#db/workers.ts'
import { openGround, queueAddress } from '../bench/ground.ts'
import { UserError } from '../errors.ts'
import { openFeeds } from '../exchange/feeds.ts'
import { openBackend, type QueueAddress, type QueueBackend } from '../queue/backend.ts'
import { type KeyRing, keyRing } from '../vault/key-ring.ts'
import { type Journal, openJournal } from './journal.ts'
import { startWire, type Wire } from './proxy.ts'
import { random } from './random.ts'
import type { Loss, Target } from './schedule.ts'
import { startVenue } from './venue.ts'

/** Everything a run stands on: the stores and the venue themselves, and the workers' way to them through proxies. */
export interface Field {
  /** For output of the workers; gone after the run. */
  readonly folder: string
  readonly journal: Journal
  /** Connected as bullpen_worker, past the proxies, as everything here is but `env`. */
  readonly db: Db
  readonly keys: KeyRing
  readonly backend: QueueBackend
  /** Where the database lives, and every store that queues could live in; Redis where the field has one. */
  readonly stores: {
    readonly databaseUrl: string
    readonly redisUrl: string | undefined
    readonly postgresUrl: string
  }
  readonly venueUrl: string
  /** Lets the venue's prices stand still for good. */
  readonly holdMarket: () => void
  readonly feedOf: ReturnType<typeof openFeeds>
  readonly proxies: Readonly<Record<Target, Wire>>
  /** The environment of a worker, as a supervisor would give it; every address leads through a proxy. */
  readonly env: Readonly<Record<string, string>>
}

const secretKey = 'the fault harness seals nothing that is worth anything'
const beatMs = 5_000

/** Starts stores, venue and proxies on loopback; all of it ends with `closing`. */
export async function openField(
  { seed, backend: kind }: { readonly seed: number; readonly backend: 'redis' | 'postgres' },
  onLoss: (loss: Loss) => void,
  closing: AsyncDisposableStack,
): Promise<Field> {
  const ground = openGround(closing)
  const folder = ground.folder()
  const { url, queueUrl } = await ground.postgres()
  const address = await queueAddress(ground, kind).catch((error: Error) => {
    throw new UserError(`--backend ${kind}: ${error.message}`)
  })
  const home = join(folder, 'venue')
  mkdirSync(home)
  const { url: venueUrl, hold } = await startVenue(seed, home, closing)

  const proxies = {
    postgres: await proxy(url, seed, closing),
    queue: await proxy('redisUrl' in address ? address.redisUrl : address.postgresUrl, seed, closing),
    venue: await proxy(venueUrl, seed, closing, onLoss),
  }
  const journal = closing.adopt(await openJournal(url), (each) => each.close())
  const db = closing.adopt(connect(url, 'bullpen_worker', { max: 8 }), (each) => each.destroy())
  await announceVenue(db, through(venueUrl, proxies.venue), closing)
  const backend = closing.adopt(await openBackend(address), (each) => each.close())
  return {
    folder,
    journal,
    db,
    keys: keyRing(secretKey),
    backend,
    stores: {
      databaseUrl: url,
      redisUrl: 'redisUrl' in address ? address.redisUrl : undefined,
      postgresUrl: queueUrl,
    },
    venueUrl,
    holdMarket: hold,
    feedOf: openFeeds({ simulatorUrl: async () => venueUrl, marketNow: Date.now, speed: 1 }),
    proxies,
    env: {
      BULLPEN_HOME: folder,
      BULLPEN_DATABASE_URL: through(url, proxies.postgres),
      BULLPEN_QUEUE_URL: through(queueUrl, kind === 'postgres' ? proxies.queue : proxies.postgres),
      BULLPEN_SIMULATOR_URL: through(venueUrl, proxies.venue),
      SECRET_KEY: secretKey,
      ...redisOf(address, proxies.queue),
      LOG_LEVEL: 'info',
      WORKER_CONCURRENCY: '4',
      NODE_COMPILE_CACHE: join(folder, 'compiled'), // half of a worker's start
    },
  }
}

async function proxy(
  url: string,
  seed: number,
  closing: AsyncDisposableStack,
  onLoss?: (loss: Loss) => void,
): Promise<Wire> {
  const started = await startWire(Number(new URL(url).port), random(seed, 20), onLoss)
  return closing.adopt(started, (each) => each.stop())
}

/** The same address by way of a proxy. */
function through(url: string, { port }: Wire): string {
  const there = new URL(url)
  there.port = String(port)
  return there.href
}

function redisOf(address: QueueAddress, proxy: Wire): Record<string, string> {
  return 'redisUrl' in address ? { REDIS_URL: through(address.redisUrl, proxy) } : {}
}

/** Workers find the simulator by its heartbeat; here it says the proxy's address. */
async function announceVenue(db: Db, address: string, closing: AsyncDisposableStack): Promise<void> {
  const identity = {
    id: 'chaos-venue',
    role: 'simulator',
    queues: [],
    host: 'chaos',
    pid: process.pid,
    version: '',
    address,
  }
  const say = () => beat(db, identity, { rssBytes: 0, loopLagMs: 0 })
  await say()
  const timer = setInterval(() => void say().catch(() => {}), beatMs)
  closing.defer(async () => {
    clearInterval(timer)
    await markStopped(db, identity.id).catch(() => {})
  })
}
