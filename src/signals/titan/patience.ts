import {
  handleWhen,
  IterableBackoff,
  isTaskCancelledError,
  retry,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel'
import type { TitanAnswer, TitanQuestion } from './contract.ts'
import type { TitanProvider } from './provider.ts'
import { TitanUnavailable } from './unavailable.ts'

/** Titan's answer counts when it comes within this, retries included. */
export const titanDeadlineMs = 200_000

/** How long titan is waited for, and how soon it is asked again after what may pass. */
export interface Patience {
  readonly deadlineMs: number
  /** Before the second attempt; doubles for the third, which is the last. */
  readonly backoffMs: number
}

const patient: Patience = { deadlineMs: titanDeadlineMs, backoffMs: 2_000 }

/**
 * Asks until there is an answer, at most three times and all within the deadline: what failed for good is not asked again.
 * Throws TitanUnavailable.
 */
export async function askPatiently(
  provider: TitanProvider,
  question: TitanQuestion,
  signal: AbortSignal,
  { deadlineMs, backoffMs }: Patience = patient,
): Promise<TitanAnswer> {
  const again = retry(
    handleWhen((error) => error instanceof TitanUnavailable && error.isTransient),
    { maxAttempts: 2, backoff: new IterableBackoff([backoffMs, 2 * backoffMs]) },
  )
  // Aggressive: whatever a provider does with the signal, the deadline holds.
  const policy = wrap(timeout(deadlineMs, TimeoutStrategy.Aggressive), again)
  try {
    return await policy.execute(({ signal: ends }) => provider.ask(question, ends), signal)
  } catch (error) {
    if (!isTaskCancelledError(error)) throw error
    throw new TitanUnavailable('timeout', `titan did not answer within ${deadlineMs / 1_000} s`, {
      cause: error,
    })
  }
}
