import { z } from 'zod'
import type { SignalDraft } from '../signal.ts'
import { isDollar, readTicker } from './ticker.ts'

/** Who writes the alerts: TradingView's, whose text people make up from placeholders, or a program, which keeps to our names. */
export const webhookKinds = ['tradingview', 'generic'] as const
export type WebhookKind = (typeof webhookKinds)[number]

/** How sure an alert is taken to be that does not say so: above what most thresholds ask for, and below a source that says more. */
export const defaultConfidence = 0.7

/** What a delivery wishes for, when its sender says it was written, and what the sender calls it. */
export interface Alert {
  readonly wish: SignalDraft
  /** Epoch milliseconds. */
  readonly timeMs: number | undefined
  readonly nonce: string | undefined
}

const actions: Readonly<Record<string, SignalDraft['action']>> = {
  buy: 'BUY',
  long: 'BUY',
  sell: 'SELL',
  short: 'SELL',
  hold: 'HOLD',
  flat: 'HOLD',
}

const text = z.string().trim()
const amount = z
  .union(
    [z.number(), text.regex(/^\d{1,15}(\.\d{1,15})?$/, 'must be a number').transform(Number)],
    'must be a number',
  )
  .pipe(z.number().positive('must be above 0').finite())
const confidence = z
  .union(
    [z.number(), text.regex(/^\d(\.\d{1,15})?$/, 'must be a number').transform(Number)],
    'must be a number',
  )
  .pipe(z.number().min(0, 'must be from 0 to 1').max(1, 'must be from 0 to 1'))
const action = text
  .toLowerCase()
  .refine((word) => Object.hasOwn(actions, word), 'must be buy, sell or hold')
  .transform((word) => actions[word] as SignalDraft['action'])

/** ISO 8601, or epoch seconds or milliseconds. */
const moment = z.union([z.number(), text], 'must be a time').transform((value, context) => {
  const given = Number(value)
  const ms =
    Number.isFinite(given) && value !== ''
      ? given < 1e11
        ? given * 1_000
        : given
      : Date.parse(String(value))
  if (Number.isFinite(ms)) return ms
  context.addIssue('must be a time such as 2026-01-31T12:00:00Z')
  return z.NEVER
})

const fields = {
  symbol: text.min(1, 'must name a symbol such as BTC/USDT').max(40, 'must have at most 40 characters'),
  action,
  confidence: confidence.optional(),
  stop_loss: amount.optional(),
  take_profit: amount.optional(),
  reasoning: text.max(500, 'must have at most 500 characters').optional(),
  time: moment.optional(),
  id: text.min(1, 'must not be empty').max(100, 'must have at most 100 characters').optional(),
}

/** A program's alert: a name that we do not know is a mistake, and is told. */
const strict = z.strictObject(fields)
/** A chart's alert may carry anything beside what is read. */
const loose = z.object(fields)

/** Names that charts use for ours. */
const otherNames: Readonly<Record<string, keyof typeof fields>> = {
  ticker: 'symbol',
  side: 'action',
  sl: 'stop_loss',
  tp: 'take_profit',
  timestamp: 'time',
  comment: 'reasoning',
  message: 'reasoning',
  nonce: 'id',
}

/** The alert in a delivery's body, or why it is none: every field and the rule it breaks. */
export function readAlert(
  body: string,
  kind: WebhookKind,
): { readonly alert: Alert } | { readonly refusal: string } {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    return { refusal: 'the body is not JSON' }
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return { refusal: 'the body is not a JSON object' }
  const parsed = kind === 'generic' ? strict.safeParse(json) : loose.safeParse(renamed(json))
  if (!parsed.success)
    return {
      refusal: parsed.error.issues
        .map(({ path, message }) => (path.length > 0 ? `${path.join('.')}: ${message}` : message))
        .join('; ')
        .slice(0, 500),
    }
  return understood(parsed.data)
}

function understood(said: z.infer<typeof loose>): ReturnType<typeof readAlert> {
  const ticker = readTicker(said.symbol)
  if (!ticker) return { refusal: `symbol: ${said.symbol} is not a symbol such as BTC/USDT` }
  const { stop_loss: stopLoss, take_profit: takeProfit } = said
  if ((stopLoss !== undefined || takeProfit !== undefined) && !isDollar(ticker.quote))
    return {
      refusal: `stop_loss, take_profit: prices in ${ticker.quote} cannot be told in USDT; leave them out`,
    }
  return {
    alert: {
      wish: {
        symbol: `${ticker.base}/USDT`,
        action: said.action,
        confidence: said.confidence ?? defaultConfidence,
        reasoning: said.reasoning ?? '',
        ...(stopLoss !== undefined && { stopLoss }),
        ...(takeProfit !== undefined && { takeProfit }),
      },
      timeMs: said.time,
      nonce: said.id,
    },
  }
}

/** With our names where a chart's stand, in any case; a name of ours wins over another one for it. */
function renamed(json: object): Record<string, unknown> {
  const entries = Object.entries(json).map(([name, value]) => [name.toLowerCase(), value] as const)
  const ours = entries.map(
    ([name, value]) => [Object.hasOwn(otherNames, name) ? (otherNames[name] ?? name) : name, value] as const,
  )
  return {
    ...Object.fromEntries(ours),
    ...Object.fromEntries(entries.filter(([name]) => Object.hasOwn(fields, name))),
  }
}
