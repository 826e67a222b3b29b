import { z } from 'zod'
import type { VenueCode } from '../../errors.ts'
import { type Meaning, type RawAnswer, rejected } from '../meaning.ts'

const filter = 'round to the symbol’s filters, or use a larger order'
const request = 'this build asked in a way the venue does not take: report it'
const key = 'the account was paused: connect a key that may query and trade'
const size = 'reduce size'
const price = 'the price has moved: decide again'
const closed = 'the symbol is not traded now'

const insufficientFunds = rejected(
  'insufficient-funds',
  'check the wallet: free balance must cover the order and its fee',
)
const badFilter = rejected('filter', filter)
const badKey = rejected('invalid-key', key)
const badRequest = rejected('other', request)
const reduceOnly = rejected('reduce-only-not-valid', 'spot: use margin or futures')
const marginTooLow = rejected('margin-level-too-low', size)
const moved = rejected('other', price)
const tooLarge = rejected('other', size)
const tooMany = rejected('other', 'too many open orders: cancel some')
const notForAccount = rejected('other', 'the venue does not let this account trade it')
const absent: Meaning = { proves: 'absent', code: 'other' }
const duplicate: Meaning = { proves: 'duplicate', code: 'duplicate', advice: 'already placed: look up' }

const notNow = (code: VenueCode, advice: string): Meaning => ({ proves: 'not-now', code, advice })
const tooFast = (whose: 'ip' | 'account', retryAfterMs: number): Meaning => ({
  ...notNow('rate-limited', 'waited and retried'),
  whose,
  retryAfterMs,
})

/** A counter falls by one in one to three seconds. */
const counter = tooFast('account', 3_000)
const lockout = tooFast('account', 15 * 60_000)
const crowd = tooFast('ip', 10_000)
/** The number was not above the key's last one: another program signs with it, or has. */
const burntNonce = notNow('other', 'give Bullpen a key that nothing else uses')

/**
 * Texts that mean "certainly not executed", from the venue's error list; a longer one that begins so has its meaning,
 * unless it has one of its own. EService:Unavailable, Busy and Timeout and internal errors are not here on purpose: orders
 * have been executed behind them.
 */
const meanings: Readonly<Record<string, Meaning>> = {
  'EAccount:Invalid permissions': notForAccount,
  'EAPI:Bad request': badRequest,
  'EAPI:Feature disabled': notForAccount,
  'EAPI:Invalid key': badKey,
  'EAPI:Invalid nonce': burntNonce,
  'EAPI:Invalid signature': badKey,
  'EAPI:Rate limit exceeded': counter,
  'EGeneral:Invalid arguments': badRequest,
  'EGeneral:Invalid arguments:price': badFilter,
  'EGeneral:Invalid arguments:price2': badFilter,
  'EGeneral:Invalid arguments:reduce_only': reduceOnly,
  'EGeneral:Invalid arguments:volume': badFilter,
  'EGeneral:Permission denied': badKey,
  'EGeneral:Temporary lockout': lockout,
  'EGeneral:Too many requests': crowd,
  'EGeneral:Unknown method': badRequest,
  'EOrder:Cannot open opposing position': tooLarge,
  'EOrder:Cannot open position': notForAccount,
  'EOrder:Cost minimum not met': badFilter,
  'EOrder:Domain rate limit exceeded': counter,
  'EOrder:Insufficient funds': insufficientFunds,
  'EOrder:Insufficient margin': marginTooLow,
  'EOrder:Invalid leverage': rejected('other', 'choose a leverage the venue allows on this symbol'),
  'EOrder:Invalid price': badFilter,
  'EOrder:Margin allowance exceeded': tooLarge,
  'EOrder:Margin level too low': marginTooLow,
  'EOrder:Margin position size exceeded': tooLarge,
  'EOrder:Order minimum not met': badFilter,
  'EOrder:Orders limit exceeded': tooMany,
  'EOrder:Positions limit exceeded': tooLarge,
  'EOrder:Post only order': moved,
  'EOrder:Rate limit exceeded': counter,
  'EOrder:Reduce only': reduceOnly,
  'EOrder:Scheduled orders limit exceeded': tooMany,
  'EOrder:Tick size check failed': badFilter,
  'EOrder:Trading agreement required': rejected('other', 'sign the venue’s trading agreement'),
  'EOrder:Unknown order': absent,
  'EOrder:Unknown position': reduceOnly,
  'EQuery:Invalid asset pair': rejected('other', 'the venue does not trade this symbol'),
  'EQuery:Unknown asset pair': rejected('other', 'the venue does not trade this symbol'),
  // The engine says that the order came to it after its own deadline.
  'EService:Deadline elapsed': notNow('clock-skew', 'resync the clock'),
  'EService:Market in cancel_only mode': notNow('venue-down', closed),
  'EService:Market in limit_only mode': notNow('venue-down', closed),
  'EService:Market in post_only mode': notNow('venue-down', closed),
  'ESession:Invalid session': badKey,
  'ETrade:Locked': notForAccount,
  'ETrade:User Locked': notForAccount,
}

const failure = z.looseObject({ error: z.array(z.string()).min(1) })

/** Whether an answer has the body that every answer of Kraken has, with something in it. */
export function isAnswer(body: object): boolean {
  const { error, result } = body as { error?: unknown; result?: unknown }
  return Array.isArray(error) && error.length === 0 && typeof result === 'object' && result !== null
}

/** What an answer of Kraken proves: as much as its least clear error. */
export function meaningOf({ status, body }: RawAnswer): Meaning | undefined {
  // Said in front of the venue's own servers: what it is about has not reached them.
  if (status === 429) return crowd
  const parsed = failure.safeParse(body)
  // HTTP says 200 to every refusal; a text behind another status proves nothing.
  if (!parsed.success || status !== 200) return undefined
  const found = errorsOf(parsed.data.error).map(meaningOfText)
  return found.includes(undefined) ? undefined : found[0]
}

/** The words of Kraken in an answer. */
export function textOf({ body }: RawAnswer): string | undefined {
  const parsed = failure.safeParse(body)
  return parsed.success ? parsed.data.error.join(', ') : undefined
}

function meaningOfText(text: string): Meaning | undefined {
  // How the venue says that an id is taken is not documented: whatever names it is asked about.
  if (/cl_?ord_?id/i.test(text)) return duplicate
  const known = Object.keys(meanings).filter((start) => text.startsWith(start))
  return meanings[known.reduce((longest, each) => (each.length > longest.length ? each : longest), '')]
}

/** Warnings may come along; they begin with W. */
function errorsOf(texts: readonly string[]): readonly string[] {
  const errors = texts.filter((text) => text.startsWith('E'))
  return errors.length > 0 ? errors : texts
}
