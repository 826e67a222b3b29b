import { messageOf, OrderOutcomeUnknown, OrderRejected, VenueUnavailable } from '../errors.ts'
import type { Meaning } from './meaning.ts'
import type { Attempt } from './route.ts'
import type { VenueCard } from './venue-card.ts'
import { answerOf } from './venue-class.ts'

/** What went wrong with one call, and whatever the venue answered. */
interface Failure {
  readonly card: VenueCard
  /** What was asked, for messages: 'BTC/USDT order'. */
  readonly asked: string
  readonly thrown: unknown
  readonly attempt: Attempt
}

/** What the venue's answer proves; undefined when it proves nothing. */
export function meaningOf(card: VenueCard, thrown: unknown): Meaning | undefined {
  const answer = answerOf(thrown)
  return answer && card.meaningOf(answer)
}

/**
 * What became of an order that was sent. Only an answer on the venue's list, or a request of which no byte left, says
 * that nothing was executed; everything else may have been.
 */
export function sendFailure(failure: Failure): OrderRejected | VenueUnavailable | OrderOutcomeUnknown {
  const { card, asked, thrown, attempt } = failure
  const meaning = meaningOf(card, thrown)
  if (meaning?.proves === 'rejected') return rejection(failure, meaning)
  if (meaning?.proves === 'not-now') return refusalForNow(failure, meaning)
  if (attempt.reached === 'unasked')
    return new OrderRejected(`${asked} was not sent: ${messageOf(thrown)}`, {
      code: 'other',
      advice: 'the library would not send it: report it',
      cause: thrown,
    })
  if (attempt.reached !== 'left')
    return new VenueUnavailable(`${asked} was not sent to ${card.exchange}: ${messageOf(thrown)}`, {
      cause: thrown,
    })
  const why = meaning?.proves === 'duplicate' ? 'it is there already' : messageOf(thrown)
  return new OrderOutcomeUnknown(`${asked} may have reached ${card.exchange}: ${why}`, { cause: thrown })
}

/** What a question failed with: a definite refusal, or a venue that does not answer now. Asking changed nothing. */
export function questionFailure(failure: Failure): OrderRejected | VenueUnavailable {
  const { card, asked, thrown } = failure
  const meaning = meaningOf(card, thrown)
  if (meaning?.proves === 'rejected' || meaning?.proves === 'absent') return rejection(failure, meaning)
  if (meaning?.proves === 'not-now') return refusalForNow(failure, meaning)
  return new VenueUnavailable(`${card.exchange} did not answer ${asked}: ${messageOf(thrown)}`, {
    cause: thrown,
  })
}

function rejection({ card, asked, thrown }: Failure, meaning: Meaning): OrderRejected {
  return new OrderRejected(`${card.exchange} refused ${asked}: ${wordsOf(card, thrown)}`, {
    code: meaning.code,
    advice: meaning.advice ?? '',
    cause: thrown,
  })
}

function refusalForNow({ card, asked, thrown }: Failure, meaning: Meaning): VenueUnavailable {
  const retryAfterMs = answerOf(thrown)?.retryAfterMs ?? meaning.retryAfterMs
  return new VenueUnavailable(`${card.exchange} does not take ${asked} now: ${wordsOf(card, thrown)}`, {
    code: meaning.code,
    ...(meaning.advice !== undefined && { advice: meaning.advice }),
    ...(meaning.whose !== undefined && { whose: meaning.whose }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    cause: thrown,
  })
}

function wordsOf(card: VenueCard, thrown: unknown): string {
  const answer = answerOf(thrown)
  return (answer && card.textOf(answer)) ?? messageOf(thrown)
}
