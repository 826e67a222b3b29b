import type { OrderState } from '../../domain/order.ts'

/** What it means that an order is in a state, for who wants to know what happened to it. */
const words: Readonly<Record<OrderState, string>> = {
  planned: 'It was written down, to be sent.',
  submitting: 'A worker claimed it and began to send it.',
  open: 'The venue has taken it; it rests there.',
  partially_filled: 'A part of it was filled.',
  filled: 'All of it was filled.',
  canceling: 'The venue was asked to take it back.',
  canceled: 'It was taken back; what had filled until then counts.',
  rejected: 'The venue refused it: nothing happened.',
  unknown: 'No answer came that says what became of it, so the venue is asked before anything else is sent.',
  not_at_venue: 'The venue was asked twice and never had it: nothing happened.',
  abandoned: 'It was given up before it was sent: nothing happened.',
  manual: 'A person decided what became of it.',
}

/** One sentence about a step of an order. A step that stays in its state adds what was learned there. */
export function eventText({
  from,
  to,
}: {
  readonly from: OrderState | null
  readonly to: OrderState
}): string {
  if (from === to) return 'More was learned about it; its state stays.'
  if (to === 'planned' && from !== null) return 'It never left this machine, and is sent again.'
  return words[to]
}
