import type { PrivateCall } from './call.ts'
import { Failure, invalid } from './failure.ts'
import { mannersOf } from './manners.ts'

const leastMs = 2_000
const mostMs = 60_000

/**
 * Refuses an order that comes to be executed after its `deadline` (RFC 3339). The deadline may lie at most a minute after
 * the request came in, and at least two seconds where the venue is strict about it.
 */
export function checkDeadline({ parameters, exchange, account, receivedAt }: PrivateCall): void {
  const text = parameters.find('deadline')
  if (text === undefined) return
  const deadlineMs = /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(text) : Number.NaN
  const wallMs = exchange.clock.wallNow()
  const aheadMs = deadlineMs - (receivedAt ?? wallMs)
  if (Number.isNaN(aheadMs) || aheadMs > mostMs) throw invalid('deadline')
  if (wallMs > deadlineMs) throw new Failure('EService:Deadline elapsed')
  if (aheadMs < leastMs && mannersOf(account).refusesShortDeadlines) throw invalid('deadline')
}
