/** How a source that may be away has done, as all workers see it. Times are of the wall clock, epoch milliseconds. */
export interface SourceHealth {
  /** Failures since its last answer. */
  readonly failures: number
  /** While it lies ahead the circuit is open: nobody asks. */
  readonly retryAtMs: number | null
  /** When it last answered; null when it never did. */
  readonly answeredAtMs: number | null
}

/** Of a source that nobody has asked yet. */
export const unasked: SourceHealth = { failures: 0, retryAtMs: null, answeredAtMs: null }

/** Failures in a row that open the circuit. */
const opensAfter = 3
const firstOpenMs = 600_000
const longestOpenMs = 3_600_000

/** Whether it may be asked now. Once the wait is over one question goes through: its outcome closes or opens the circuit. */
export function mayAsk(health: SourceHealth, nowMs: number): boolean {
  return health.retryAtMs === null || nowMs >= health.retryAtMs
}

/** After an answer everything is well. */
export function afterAnswer(nowMs: number): SourceHealth {
  return { failures: 0, retryAtMs: null, answeredAtMs: nowMs }
}

/** The third failure in a row opens the circuit for ten minutes, each one after it for twice as long, an hour at most. */
export function afterFailure(health: SourceHealth, nowMs: number): SourceHealth {
  const failures = health.failures + 1
  const openMs = Math.min(longestOpenMs, firstOpenMs * 2 ** Math.max(0, failures - opensAfter))
  return { ...health, failures, retryAtMs: failures < opensAfter ? null : nowMs + openMs }
}

/**
 * Whether the source speaks for itself, so that its fallback need not: its last question was answered, and not so long ago
 * that a question must have been lost since.
 */
export function isThere(
  health: SourceHealth,
  { nowMs, everyMs }: { nowMs: number; everyMs: number },
): boolean {
  const { failures, answeredAtMs } = health
  return failures === 0 && answeredAtMs !== null && nowMs - answeredAtMs < 2 * everyMs
}
