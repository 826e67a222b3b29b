/** What a signal wishes for. HOLD ends the wish before it. */
export const signalActions = ['BUY', 'SELL', 'HOLD'] as const
export type SignalAction = (typeof signalActions)[number]

/** What a source says about a symbol, before it is stored. Confidence 0–1, prices in the symbol's quote. */
export interface SignalDraft {
  readonly symbol: string
  readonly action: SignalAction
  readonly confidence: number
  readonly reasoning: string
  readonly stopLoss?: number
  readonly takeProfit?: number
}

/** A live signal as rules read it; times in market milliseconds, `userId` null when it is for everyone. */
export interface Signal extends SignalDraft {
  readonly id: string
  readonly source: string
  readonly userId: string | null
  readonly createdAtMs: number
  readonly expiresAtMs: number
}

/** Sources that are never acted on, whatever anybody configures. */
export const refusedSources: readonly string[] = ['ai-scheduler', 'ai-trading-signals', 'titan_v2', 'manual']

/** Sources an operator trusts unless TRUSTED_SOURCES says otherwise; webhooks and strategies are each user's choice. */
export const defaultTrustedSources: readonly string[] = ['titan_v3', 'COUNCIL_V2.0_FALLBACK', 'smart_entry']

/** No signal lives longer than this after it was first said, however often it is repeated. */
export const maxSignalAgeMs = 6 * 3_600_000

const lifetimesMs: Readonly<Record<string, number>> = {
  smart_entry: 45_000,
  'COUNCIL_V2.0_FALLBACK': 180_000,
  titan_v3: 900_000,
}

/** A kind with many members, `webhook:<name>` and `strategy:<name>`; a built-in source is its own kind. */
export function sourceKind(source: string): string {
  const colon = source.indexOf(':')
  return colon === -1 ? source : source.slice(0, colon)
}

/** What the scheduler calls all webhooks together; each one's own source is `webhook:<name>`. */
export const webhookSource = 'webhook'

/** How long a signal lives after it was last said: three of its source's intervals, an hour for a webhook. */
export function signalLifetimeMs(source: string, intervalMs?: number): number {
  const lifetime = lifetimesMs[source] ?? (intervalMs === undefined ? 3_600_000 : 3 * intervalMs)
  return Math.min(lifetime, maxSignalAgeMs)
}

/** When a signal first said at `createdAtMs` and repeated at `saidAtMs` ends. */
export function signalExpiryMs(signal: {
  source: string
  createdAtMs: number
  saidAtMs: number
  intervalMs?: number
}): number {
  const end = signal.saidAtMs + signalLifetimeMs(signal.source, signal.intervalMs)
  return Math.min(end, signal.createdAtMs + maxSignalAgeMs)
}

/** The base of a symbol: 'BTC' of 'BTC/USDT' and of 'BTC/USDT:USDT'. */
export function baseOf(symbol: string): string {
  const slash = symbol.indexOf('/')
  return slash === -1 ? symbol : symbol.slice(0, slash)
}
