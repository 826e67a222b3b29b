import { z } from 'zod'
import { type Meaning, type RawAnswer, rejected } from '../meaning.ts'

const wallet = 'check the wallet: free balance must cover the order and its fee'
const request = 'this build asked in a way the venue does not take: report it'
const price = 'the price has moved: decide again'

const insufficientFunds = rejected('insufficient-funds', wallet)
const badFilter = rejected('filter', 'round to the symbol’s filters, or use a larger order')
const badRequest = rejected('other', request)
const badKey = rejected(
  'invalid-key',
  'the account was paused: connect a key that may trade from this address',
)
const reduceOnly = rejected(
  'reduce-only-not-valid',
  'spot: use margin or futures; futures: the venue holds less than was to be closed',
)
const marginTooLow = rejected('margin-level-too-low', 'reduce size')
const leverage = rejected('other', 'choose a leverage and size the venue allows on this symbol')
const moved = rejected('other', price)
const tooMany = rejected('other', 'too many open orders: cancel some')
const notTraded = rejected('other', 'the symbol is not traded now')
const notForAccount = rejected('other', 'the venue does not let this account trade it: see its message')
const oneWay = rejected('other', 'close positions and orders, then set the account to one-way position mode')
const duplicate: Meaning = { proves: 'duplicate', code: 'duplicate', advice: 'already placed: look up' }
const clockSkew: Meaning = { proves: 'not-now', code: 'clock-skew', advice: 'resync the clock' }
const tooFast: Meaning = {
  proves: 'not-now',
  code: 'rate-limited',
  whose: 'account',
  retryAfterMs: 1_000,
  advice: 'waited and retried',
}
const addressBanned: Meaning = {
  proves: 'not-now',
  code: 'rate-limited',
  whose: 'ip',
  retryAfterMs: 600_000, // the venue's own words: wait for at least ten minutes
  advice: 'waited and retried',
}
const absent: Meaning = { proves: 'absent', code: 'other' }
const unchanged: Meaning = { proves: 'unchanged', code: 'other' }

/**
 * Codes that mean "certainly not executed", from the venue's error list. Those that leave the outcome open (429, 10000,
 * 10014, 10016, 110079, 170001, 170007, 170032, 170035, 170146, 170147, 170234) are not here on purpose.
 */
const meanings: Readonly<Record<string, Meaning>> = {
  '-2015': badKey,
  '10001': badRequest,
  '10002': clockSkew,
  '10003': badKey,
  '10004': badKey,
  '10005': badKey,
  '10006': tooFast,
  '10007': badKey,
  '10008': notForAccount,
  '10009': addressBanned,
  '10010': badKey,
  '10017': badRequest,
  '10018': addressBanned,
  '10024': notForAccount,
  '10027': notForAccount,
  '10028': notForAccount,
  '10029': notForAccount,
  '33004': badKey,
  '110001': absent,
  '110003': rejected('filter', price),
  '110004': insufficientFunds,
  '110006': insufficientFunds,
  '110007': insufficientFunds,
  '110008': absent,
  '110009': tooMany,
  '110010': absent,
  '110012': insufficientFunds,
  '110013': leverage,
  '110014': insufficientFunds,
  '110017': reduceOnly,
  '110020': tooMany,
  '110021': notForAccount,
  '110023': notForAccount,
  '110024': oneWay,
  '110025': unchanged,
  '110026': unchanged,
  '110027': unchanged,
  '110028': oneWay,
  '110029': oneWay,
  '110030': duplicate,
  '110034': reduceOnly,
  '110040': marginTooLow,
  '110042': notForAccount,
  '110043': unchanged,
  '110044': insufficientFunds,
  '110045': insufficientFunds,
  '110051': insufficientFunds,
  '110052': insufficientFunds,
  '110053': insufficientFunds,
  '110063': notTraded,
  '110066': notTraded,
  '110072': duplicate,
  '110086': leverage,
  '110090': leverage,
  '110092': moved,
  '110093': moved,
  '110094': badFilter,
  '110103': notTraded,
  '170005': tooFast,
  '170033': insufficientFunds,
  '170105': badRequest,
  '170115': badRequest,
  '170116': badRequest,
  '170117': badRequest,
  '170121': rejected('other', 'the venue does not trade this symbol'),
  '170124': badFilter,
  '170130': badRequest,
  '170131': insufficientFunds,
  '170132': rejected('filter', price),
  '170133': rejected('filter', price),
  '170134': badFilter,
  '170135': badFilter,
  '170136': badFilter,
  '170137': badFilter,
  '170139': absent,
  '170140': badFilter,
  '170141': duplicate,
  '170142': absent,
  '170143': absent,
  '170148': badFilter,
  '170151': notTraded,
  '170157': notTraded,
  '170159': notTraded,
  '170190': absent,
  '170192': rejected('filter', price),
  '170193': rejected('filter', price),
  '170194': rejected('filter', price),
  '170197': badFilter,
  '170198': badFilter,
  '170201': badRequest,
  '170202': badRequest,
  '170203': moved,
  '170204': moved,
  '170210': rejected('other', 'the venue’s message says why'),
  '170213': absent,
  '170217': notTraded,
  '170218': moved,
  '170219': notForAccount,
  '170222': tooFast,
  '170227': badRequest,
  '170228': badFilter,
  '170229': badFilter,
  '170341': badFilter,
  '170344': notForAccount,
  '170810': tooMany,
  '3400045': rejected('other', 'close positions and orders, then set the account to cross margin'),
}

/** The words of 10001 that are about the size or the price of an order. */
const aboutFilters = /\bqty\b|quantity|number of contracts|\bprice\b|decimals/i

const answered = z.object({ retCode: z.coerce.string(), retMsg: z.string().optional() })

/** Whether an answer has the body that every answer of Bybit has, with something in it. */
export function isAnswer(body: object): boolean {
  const { retCode, result } = body as { retCode?: unknown; result?: unknown }
  return typeof retCode === 'number' && typeof result === 'object' && result !== null
}

/** What an answer of Bybit proves. */
export function meaningOf({ status, body, text }: RawAnswer): Meaning | undefined {
  if (status === 401) return badKey
  if (status === 403) return /too frequent/i.test(text) ? addressBanned : undefined
  const parsed = answered.safeParse(body)
  // HTTP says 200 to every refusal; a code behind another status proves nothing.
  if (!parsed.success || status !== 200) return undefined
  const { retCode, retMsg = '' } = parsed.data
  if (retCode === '10001' && aboutFilters.test(retMsg)) return badFilter
  return meanings[retCode]
}

/** The words of Bybit in an answer, with its code. It may repeat what was signed, the key among it: that is left out. */
export function textOf({ body }: RawAnswer): string | undefined {
  const parsed = answered.safeParse(body)
  if (!parsed.success) return undefined
  const words = (parsed.data.retMsg || 'no message').replace(/\s*origin_string\[.*$/s, '')
  return `${words} (${parsed.data.retCode})`
}
