import { setTimeout as sleep } from 'node:timers/promises'
import { messageOf } from '../errors.ts'

/** What one examination found. */
export interface Finding {
  readonly id: string
  readonly ok: boolean
  readonly detail: string
  /** What to do when it is not ok; '' when it is. */
  readonly advice: string
}

/** One examination: its detail when all is well; it throws `Ill` when something is not. */
export interface Check {
  readonly id: string
  examine(): Promise<string>
}

/** What is wrong, and what helps. */
export class Ill extends Error {
  override readonly name = 'Ill'
  readonly advice: string

  constructor(message: string, advice: string) {
    super(message)
    this.advice = advice
  }
}

const patienceMs = 20_000

/** Examines everything at once; one that throws or does not answer within `patience` is not ok and stops no other. */
export function examineAll(checks: readonly Check[], patience = patienceMs): Promise<Finding[]> {
  return Promise.all(checks.map((check) => examine(check, patience)))
}

async function examine({ id, examine: look }: Check, patience: number): Promise<Finding> {
  const giveUp = new AbortController()
  const late = sleep(patience, undefined, { signal: giveUp.signal }).then(() => {
    throw new Ill(`no answer within ${patience / 1000} s`, 'See the log of the part that is asked.')
  })
  try {
    return { id, ok: true, detail: await Promise.race([look(), late]), advice: '' }
  } catch (error) {
    const advice = error instanceof Ill ? error.advice : 'See the log of the part that is asked.'
    return { id, ok: false, detail: messageOf(error), advice }
  } finally {
    giveUp.abort()
    late.catch(() => {})
  }
}
