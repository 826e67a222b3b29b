import { z } from 'zod'
import { instant } from './fields.ts'
import type { Story } from './story.ts'

/** One sentence of a story. */
export const timelineEntry = z
  .object({
    at: instant,
    kind: z.enum(['signal', 'decision', 'order', 'fill', 'stop', 'gap', 'trade']),
    text: z.string(),
    /** The order that it is about. */
    orderId: z.uuid().nullable(),
  })
  .meta({ id: 'TimelineEntry', description: 'One sentence of a story.' })
export type TimelineEntry = z.infer<typeof timelineEntry>

type Parts = Pick<Story, 'signal' | 'decision' | 'orders' | 'fills' | 'stops' | 'gaps' | 'trade'>

/** A story as sentences, oldest first; what happened at the same moment stays in the order of cause and effect. */
export function timelineOf(parts: Parts): TimelineEntry[] {
  const entries = [
    ...signalEntries(parts),
    ...decisionEntries(parts),
    ...parts.orders.flatMap(orderEntries),
    ...parts.fills.map(fillEntry),
    ...parts.stops.map(stopEntry),
    ...parts.gaps.flatMap(gapEntries),
    ...tradeEntries(parts),
  ]
  return entries.sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
}

/** A signal is of the market's clock; by the wall clock it stands just before its decision. */
function signalEntries({ signal, decision }: Parts): TimelineEntry[] {
  if (!signal) return []
  const { source, action, symbol, confidence, reasoning } = signal
  const why = reasoning ? `: ${reasoning}` : ''
  const text = `${source} said ${action} ${symbol} with a confidence of ${percent(confidence)}${why}`
  return [{ at: decision?.createdAt ?? signal.createdAt, kind: 'signal', text, orderId: null }]
}

function decisionEntries({ decision }: Parts): TimelineEntry[] {
  if (!decision) return []
  const text = `It was ${decision.outcome}: ${decision.reasons.join('; ') || decision.action}`
  return [{ at: decision.createdAt, kind: 'decision', text, orderId: null }]
}

function orderEntries({ id, purpose, side, type, quantity, events, ...rest }: Story['orders'][number]) {
  const why = rest.closeReason === null ? '' : ` (${rest.closeReason.replaceAll('_', ' ')})`
  const at = rest.stopPrice !== null && purpose === 'stop' ? ` at ${plain(rest.stopPrice)}` : ''
  const name = `${capital(purpose)}${why}, ${side} ${plain(quantity)}, ${type.replaceAll('_', ' ')}${at}`
  return events.map((event): TimelineEntry => {
    const failure = rest.failure !== null && isFailure(event.to) ? ` ${rest.failure.reason}` : ''
    return { at: event.at, kind: 'order', text: `${name}: ${event.text}${failure}`, orderId: id }
  })
}

function isFailure(state: string): boolean {
  return state === 'rejected' || state === 'abandoned' || state === 'not_at_venue' || state === 'canceled'
}

function fillEntry({ orderId, side, quantity, price, fee, feeCurrency, recordedAt }: Story['fills'][number]) {
  const verb = side === 'buy' ? 'Bought' : 'Sold'
  const text = `${verb} ${plain(quantity)} at ${plain(price)}, fee ${plain(fee)} ${feeCurrency}`
  return { at: recordedAt, kind: 'fill', text, orderId } satisfies TimelineEntry
}

function stopEntry(change: Story['stops'][number]): TimelineEntry {
  const [name, before, after] =
    change.what === 'stop_loss'
      ? ['stop', change.oldStopLoss, change.newStopLoss]
      : ['target', change.oldTakeProfit, change.newTakeProfit]
  const text = `The ${name} was ${change.action} from ${plain(before)} to ${plain(after)}: ${change.reason}`
  return { at: change.at, kind: 'stop', text, orderId: null }
}

function gapEntries({ beganAt, endedAt, reason }: Story['gaps'][number]): TimelineEntry[] {
  const began = { at: beganAt, kind: 'gap', text: `Not protected: ${reason}`, orderId: null } as const
  if (endedAt === null) return [began]
  const seconds = ((Date.parse(endedAt) - Date.parse(beganAt)) / 1_000).toFixed(1)
  return [began, { at: endedAt, kind: 'gap', text: `Protected again after ${seconds} s`, orderId: null }]
}

/** The books close with the last thing that happened to the position. */
function tradeEntries({ trade, fills, orders }: Parts): TimelineEntry[] {
  if (!trade) return []
  const last = [...fills.map(({ recordedAt }) => recordedAt), ...orders.flatMap((one) => one.endedAt ?? [])]
  const at = last.sort((a, b) => Date.parse(a) - Date.parse(b)).at(-1) ?? trade.closedAt
  const sign = trade.pnl.startsWith('-') ? '' : '+'
  const text = `Closed (${trade.closeReason.replaceAll('_', ' ')}): ${sign}${plain(trade.pnl)} net, ${sign}${percent(trade.profitRatio)}, after fees of ${plain(trade.fees)} and funding of ${plain(trade.funding)}`
  return [{ at, kind: 'trade', text, orderId: null }]
}

const percent = (ratio: number) => `${(ratio * 100).toFixed(2)} %`

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** A decimal without the zeros at its end. */
function plain(value: string | null): string {
  if (value === null) return 'none'
  return value.includes('.') ? value.replace(/\.?0+$/, '') : value
}
