/** What is asked of a venue, as its limits tell it apart. */
export type CallKind =
  | 'place'
  | 'cancel'
  | 'find'
  | 'fills'
  | 'open-orders'
  | 'all-open-orders'
  | 'orders'
  | 'stops'
  | 'holdings'
  | 'positions'
  | 'movements'
  | 'setting'
  | 'permissions'

/** What a venue lets one address or one account ask. What is not in `costs` takes nothing of it. */
export interface RateLimit {
  readonly name: string
  readonly whose: 'ip' | 'account'
  /** What may be asked at once, after a rest. */
  readonly burst: number
  /** What flows back a second. */
  readonly perSecond: number
  readonly costs: Readonly<Partial<Record<CallKind, number>>>
}

/**
 * A limit of so much in any window of time, as a bucket: half of it at once, the other half as it flows back, so that no
 * window sees more than the whole.
 */
export function withinWindow(most: number, windowMs: number): Pick<RateLimit, 'burst' | 'perSecond'> {
  return { burst: most / 2, perSecond: (most / 2 / windowMs) * 1_000 }
}
