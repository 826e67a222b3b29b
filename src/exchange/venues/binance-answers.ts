import { z } from 'zod'
import { type Meaning, type RawAnswer, rejected } from '../meaning.ts'

const wallet = 'check the wallet: free balance must cover the order and its fee'
const filter = 'round to the symbol’s filters, or use a larger order'
const request = 'this build asked in a way the venue does not take: report it'
const reduceOnly = 'spot: use margin or futures; futures: the venue holds less than was to be closed'
const key = 'the account was paused: connect a key that may trade from this address'
const leverage = 'choose a leverage and size the venue allows on this symbol'
const price = 'the price has moved: decide again'

const insufficientFunds = rejected('insufficient-funds', wallet)
const badFilter = rejected('filter', filter)
const badRequest = rejected('other', request)
const badKey = rejected('invalid-key', key)
const duplicate: Meaning = { proves: 'duplicate', code: 'duplicate', advice: 'already placed: look up' }
const clockSkew: Meaning = { proves: 'not-now', code: 'clock-skew', advice: 'resync the clock' }
const absent: Meaning = { proves: 'absent', code: 'other' }
const unchanged: Meaning = { proves: 'unchanged', code: 'other' }

/**
 * Codes that mean "certainly not executed", from the venue's error lists. A code that says the outcome is not known
 * (-1000, -1001, -1006, -1007, -1008) is not here on purpose, nor is any answer without a code.
 */
const meanings: Readonly<Record<string, Meaning>> = {
  '-1002': badKey,
  '-1003': { proves: 'not-now', code: 'rate-limited', whose: 'ip', advice: 'waited and retried' },
  '-1013': badFilter,
  '-1014': badRequest,
  '-1015': { proves: 'not-now', code: 'rate-limited', whose: 'account', advice: 'waited and retried' },
  '-1020': badRequest,
  '-1021': clockSkew,
  '-1022': badKey,
  '-1100': badRequest,
  '-1101': badRequest,
  '-1102': badRequest,
  '-1103': badRequest,
  '-1104': badRequest,
  '-1105': badRequest,
  '-1106': badRequest,
  '-1111': badFilter,
  '-1112': rejected('other', 'there are no orders in the book: try later'),
  '-1114': badRequest,
  '-1115': badRequest,
  '-1116': badRequest,
  '-1117': badRequest,
  '-1118': badRequest,
  '-1119': badRequest,
  '-1121': rejected('other', 'the venue does not trade this symbol'),
  '-1128': badRequest,
  '-1130': badRequest,
  '-1131': badRequest,
  '-2010': rejected('other', 'the venue’s message says why'),
  '-2011': absent,
  '-2013': absent,
  '-2014': badKey,
  '-2015': badKey,
  '-2018': insufficientFunds,
  '-2019': insufficientFunds,
  '-2020': rejected('other', 'the book cannot fill it: use a smaller order'),
  '-2021': rejected('other', price),
  '-2022': rejected('reduce-only-not-valid', reduceOnly),
  '-2023': rejected('other', 'the account is being liquidated'),
  '-2024': rejected('reduce-only-not-valid', reduceOnly),
  '-2025': rejected('other', 'too many open orders on this symbol: cancel some'),
  '-2026': absent, // put away: it ended without a fill
  '-2027': rejected('other', leverage),
  '-2028': rejected('margin-level-too-low', 'reduce size'),
  '-4003': badFilter,
  '-4004': badFilter,
  '-4005': badFilter,
  '-4013': badFilter,
  '-4014': badFilter,
  '-4015': duplicate,
  '-4016': rejected('filter', price),
  '-4023': badFilter,
  '-4024': rejected('filter', price),
  '-4028': rejected('other', leverage),
  '-4046': unchanged,
  '-4047': rejected('other', 'close the symbol’s open orders, then set it to cross margin'),
  '-4048': rejected('other', 'close the symbol’s position, then set it to cross margin'),
  '-4059': unchanged,
  '-4061': rejected('other', 'set the account to one-way position mode'),
  '-4067': rejected('other', 'cancel open orders, then set the account to one-way position mode'),
  '-4068': rejected('other', 'close open positions, then set the account to one-way position mode'),
  '-4116': duplicate,
  '-4118': rejected('reduce-only-not-valid', reduceOnly),
  '-4120': badRequest,
  '-4131': rejected('filter', price),
  '-4140': rejected('other', 'the symbol is not traded now'),
  '-4141': rejected('other', 'the symbol is closed'),
  '-4164': badFilter,
  '-4183': rejected('filter', price),
  '-4184': rejected('filter', price),
  '-4192': rejected('other', 'the venue’s cooling-off period is running'),
  '-5021': rejected('other', price),
  '-5022': rejected('other', price),
  '-5028': clockSkew,
}

/** Messages of -2010, which covers several reasons. */
const newOrderRejected: readonly [RegExp, Meaning][] = [
  [/duplicate order/i, duplicate],
  [/insufficient balance/i, insufficientFunds],
  [/margin level|insufficient margin/i, rejected('margin-level-too-low', 'reduce size')],
  [/market is closed/i, rejected('other', 'the symbol is not traded now')],
  [/would (trigger|immediately)/i, rejected('other', price)],
]

const failure = z.object({ code: z.coerce.string(), msg: z.string().optional() })

/** What an answer of Binance proves. */
export function meaningOf(answer: RawAnswer): Meaning | undefined {
  const parsed = failure.safeParse(answer.body)
  // A refusal comes with an HTTP error; a code in a success or behind a server error proves nothing.
  if (!parsed.success || answer.status < 400 || answer.status >= 500) return undefined
  const { code, msg = '' } = parsed.data
  if (code === '-2010') {
    for (const [pattern, meaning] of newOrderRejected) if (pattern.test(msg)) return meaning
  }
  return meanings[code]
}

/** The words of Binance in an answer, with its code. */
export function textOf(answer: RawAnswer): string | undefined {
  const parsed = failure.safeParse(answer.body)
  return parsed.success ? `${parsed.data.msg ?? 'no message'} (${parsed.data.code})` : undefined
}
