/** States of an order in the journal. `planned` is ours alone; from `submitting` on the venue may know of it. */
export const orderStates = [
  'planned',
  'submitting',
  'open',
  'partially_filled',
  'filled',
  'canceling',
  'canceled',
  'rejected',
  'unknown',
  'not_at_venue',
  'abandoned',
  'manual',
] as const
export type OrderState = (typeof orderStates)[number]

/** Why an order exists: `exit` closes or reduces at once, `stop` rests at the venue, `cancel` takes another order back. */
export type OrderPurpose = 'entry' | 'exit' | 'stop' | 'cancel'

/** How an order meets the book. */
export type OrderType = 'market' | 'limit' | 'stop_market'

/**
 * A business slot of a position: one live effect each. `stop:<plan>` is the version of the stop loss, `reduce:<n>` the
 * n-th halving before a liquidation.
 */
export type OrderSlot = 'entry' | 'tp:1' | 'tp:2' | 'tp:3' | 'close' | `stop:${number}` | `reduce:${number}`

const slotPattern = /^(entry|tp:[123]|close|stop:\d+|reduce:\d+)$/

/** Whether the text is one of the slots above. */
export function isOrderSlot(text: string): text is OrderSlot {
  return slotPattern.test(text)
}

/** The slot of a partial take-profit level, 1 to 3. Throws beyond. */
export function levelSlot(level: number): OrderSlot {
  if (level === 1 || level === 2 || level === 3) return `tp:${level}`
  throw new RangeError(`partial take-profit level ${level} is not 1, 2 or 3`)
}

const edges: Readonly<Record<OrderState, readonly OrderState[]>> = {
  planned: ['submitting', 'abandoned'],
  submitting: ['open', 'partially_filled', 'filled', 'canceled', 'rejected', 'planned', 'unknown'],
  open: ['partially_filled', 'filled', 'canceling', 'canceled', 'rejected'],
  partially_filled: ['open', 'filled', 'canceling', 'canceled', 'rejected'],
  canceling: ['canceled', 'rejected', 'filled', 'open', 'partially_filled', 'unknown'],
  unknown: ['open', 'partially_filled', 'filled', 'canceled', 'rejected', 'not_at_venue', 'manual'],
  filled: [],
  abandoned: [],
  canceled: ['open', 'partially_filled', 'filled'],
  rejected: ['open', 'partially_filled', 'filled'],
  not_at_venue: ['open', 'partially_filled', 'filled'],
  manual: ['open', 'partially_filled', 'filled'],
}

/** Whether an order may go from one state to the other. Staying is not a transition. */
export function legalTransition(from: OrderState, to: OrderState): boolean {
  return edges[from].includes(to)
}

/** Whether the order has ended for us; only late truth (with evidence) can still move it. */
export function isEnded(state: OrderState): boolean {
  return endedStates.has(state)
}

/** Whether the transition contradicts an ending that was believed: legal with evidence, and a critical alert. */
export function isLateTruth(from: OrderState, to: OrderState): boolean {
  return isEnded(from) && legalTransition(from, to)
}

const endedStates: ReadonlySet<OrderState> = new Set([
  'filled',
  'canceled',
  'rejected',
  'not_at_venue',
  'abandoned',
  'manual',
])
