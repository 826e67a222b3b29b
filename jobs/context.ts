import type { Db } from '#db/client.ts'
import type { AlertDesk } from '#src/alerts/desk.ts'
import type { Clock } from '#src/clock.ts'
import type { ConnectedConfig } from '#src/config.ts'
import type { FeedPlace } from '#src/exchange/feeds.ts'
import type { Gateway } from '#src/exchange/gateway.ts'
import type { MarketFeed } from '#src/exchange/market-feed.ts'
import type { Logger } from '#src/log.ts'
import type { Contract } from '#src/queue/contract.ts'
import type { Enqueue } from '#src/queue/enqueue.ts'
import type { Job } from '#src/queue/job.ts'
import type { SetupFilter } from '#src/signals/setup-weights.ts'
import type { LiveStrategies } from '#src/signals/strategies/live.ts'
import type { KeyRing } from '#src/vault/key-ring.ts'

/** What every handler is given: the stores, the venues, the clocks, and a way to ask for other jobs. */
export interface JobContext {
  /** Connected as bullpen_worker. */
  readonly db: Db
  readonly config: ConnectedConfig
  readonly clock: Clock
  readonly log: Logger
  readonly enqueue: Enqueue
  readonly gateway: Gateway
  readonly keys: KeyRing
  /** Which worker this is, in claims and events. */
  readonly workerId: string
  /** Public market data of an account's venue and market, shared by all accounts there. */
  feedOf(place: FeedPlace): MarketFeed
  /** The ML filter as its file is now. */
  setupFilter(): SetupFilter
  /** The operator's strategies at work here; they begin when they are first asked. */
  readonly strategies: LiveStrategies
  /** Where alerts are sent from; its channels are opened when it is first asked for. */
  alertDesk(): Promise<AlertDesk>
}

/** Declares a job on this context; the identity with a type. */
export function job<Data>(
  contract: Contract<Data>,
  handler: Omit<Job<JobContext, Data>, 'contract'>,
): Job<JobContext, Data> {
  return { contract, ...handler }
}

/** An interval of market time as wall time: a fast replay runs market jobs as much more often, but no more than every second. */
export function marketInterval(
  everyMs: number,
  { replaySpeed }: Pick<ConnectedConfig, 'replaySpeed'>,
): number {
  return Math.max(1_000, Math.round(everyMs / replaySpeed))
}

/** Where in an interval an item falls: the same for ever, and spread over the interval by its id. */
export function spreadOffset(id: string, everyMs: number): number {
  return Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16) % everyMs
}

/** Where signals look: one market for everybody, whose symbols each account then trades against its own quote. */
export const signalMarket = { exchange: 'binance', market: 'spot', mode: 'paper' } as const

/** In a fast replay a signal would be over before anybody reads it; it lives at least this long by the wall clock. */
export const leastLifeWallMs = 3_000
