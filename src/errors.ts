/** What a venue's answer means in our words (spec 7). The exchange gateway maps each venue's own codes onto these. */
export type VenueCode =
  | 'insufficient-funds'
  | 'margin-level-too-low'
  | 'reduce-only-not-valid'
  | 'rate-limited'
  | 'invalid-key'
  | 'filter'
  | 'duplicate'
  | 'venue-down'
  | 'clock-skew'
  | 'other'

interface VenueErrorOptions {
  readonly code?: VenueCode
  /** What the user or the operator can do about it, one short sentence. */
  readonly advice?: string
  readonly cause?: unknown
}

/** Nothing happened at the venue; the same question may be asked again, after `retryAfterMs` when it is known. */
export class VenueUnavailable extends Error {
  override readonly name = 'VenueUnavailable'
  readonly code: VenueCode
  readonly advice: string
  readonly retryAfterMs: number | undefined
  /** Whom a rate limit concerns: everyone behind this address, or one account alone. */
  readonly whose: 'ip' | 'account' | undefined

  constructor(
    message: string,
    options: VenueErrorOptions & { readonly retryAfterMs?: number; readonly whose?: 'ip' | 'account' } = {},
  ) {
    super(message, { cause: options.cause })
    this.code = options.code ?? 'venue-down'
    this.advice = options.advice ?? 'waited and retried'
    this.retryAfterMs = options.retryAfterMs
    this.whose = options.whose
  }
}

/** The venue refused it for certain: it was not executed, and sending the same again would be refused again. */
export class OrderRejected extends Error {
  override readonly name = 'OrderRejected'
  readonly code: VenueCode
  readonly advice: string

  constructor(message: string, options: VenueErrorOptions & { readonly code: VenueCode }) {
    super(message, { cause: options.cause })
    this.code = options.code
    this.advice = options.advice ?? ''
  }
}

/** It may have reached the venue. Reconcile before anything else is sent; never repeat it. */
export class OrderOutcomeUnknown extends Error {
  override readonly name = 'OrderOutcomeUnknown'

  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options)
  }
}

/**
 * Something the person at the keyboard can put right. The command line prints the message alone, without a stack,
 * and exits with 1. Each line of the message names the value, the place and what to do, never a secret.
 */
export class UserError extends Error {
  override readonly name = 'UserError'

  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options)
  }
}

/** The first line of whatever was thrown. */
export function messageOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message || thrown.name : String(thrown)
  return text.split('\n', 1)[0] ?? ''
}

/** The `code` of a system error (ENOENT, EACCES, …), when it has one. */
export function systemCode(thrown: unknown): string | undefined {
  const code = (thrown as { code?: unknown } | null | undefined)?.code
  return typeof code === 'string' ? code : undefined
}
