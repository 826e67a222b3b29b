import type { TitanAnswer, TitanQuestion } from './contract.ts'

/** Somebody who answers titan's question: an HTTP endpoint, or a language model. */
export interface TitanProvider {
  /** One attempt. Throws TitanUnavailable; ends when the signal aborts. */
  ask(question: TitanQuestion, signal: AbortSignal): Promise<TitanAnswer>
}
