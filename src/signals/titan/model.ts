import {
  extractJsonMiddleware,
  generateText,
  type LanguageModel,
  NoObjectGeneratedError,
  Output,
  wrapLanguageModel,
} from 'ai'
import { OutwardRefused } from '../../outward-fetch.ts'
import { misfit, modelAnswer, type TitanAnswer, type TitanQuestion, titanAnswer } from './contract.ts'
import { type Cost, costOf, type ModelPrice, mostOf, type Purse } from './cost.ts'
import { askedAgain, instructions, promptOf } from './prompt.ts'
import type { TitanProvider } from './provider.ts'
import { isTransientStatus, TitanUnavailable } from './unavailable.ts'

// A model without structured output is asked for JSON in the instructions, and its answer checked like any other.
globalThis.AI_SDK_LOG_WARNINGS = false

/** A model and what asking it costs. */
export interface ModelTitanOptions {
  readonly model: Exclude<LanguageModel, string>
  readonly price: ModelPrice
  readonly purse: Purse
}

/** Titan as a language model: numbers in, an answer of the schema out; one that does not fit is asked for once more. */
export function modelTitan({ model, price, purse }: ModelTitanOptions): TitanProvider {
  const readable = wrapLanguageModel({ model: model as never, middleware: extractJsonMiddleware() })

  async function askOnce(prompt: string, maxOutputTokens: number, signal: AbortSignal): Promise<unknown> {
    const most = mostOf(instructions.length + prompt.length, maxOutputTokens, price)
    if (!(await purse.take(most)))
      throw new TitanUnavailable(
        'budget',
        "the day's budget for titan's model does not hold another question",
      )
    let used: Cost | undefined
    try {
      const { output, usage } = await generateText({
        model: readable,
        instructions,
        prompt,
        output: Output.object({ schema: modelAnswer }),
        maxOutputTokens,
        maxRetries: 0, // retries are the caller's, inside its deadline
        abortSignal: signal,
      })
      used = usedTokens(usage, price)
      return output
    } catch (error) {
      // A refused request costs nothing; of one that broke off nobody knows, and it stays booked.
      if (NoObjectGeneratedError.isInstance(error)) used = usedTokens(error.usage, price)
      else if (statusOf(error) !== undefined) used = { tokens: 0, usd: 0 }
      throw error
    } finally {
      if (used) await purse.settle(most, used)
    }
  }

  return {
    async ask(question, signal) {
      const prompt = promptOf(question)
      const maxOutputTokens = 1_000 + 250 * question.symbols.length
      try {
        const first = await askOnce(prompt, maxOutputTokens, signal).catch(unlessUnreadable)
        const answer = fitting(question, first)
        if (answer) return answer
        const second = await askOnce(`${prompt}\n${askedAgain}`, maxOutputTokens, signal).catch(
          unlessUnreadable,
        )
        const repaired = fitting(question, second)
        if (repaired) return repaired
      } catch (error) {
        throw failureOf(error, signal)
      }
      throw new TitanUnavailable('bad-answer', "the model's answer does not fit the schema, twice")
    },
  }
}

/** An answer that cannot be read is undefined; every other error goes on. */
function unlessUnreadable(error: unknown): undefined {
  if (NoObjectGeneratedError.isInstance(error)) return undefined
  throw error
}

function fitting(question: TitanQuestion, output: unknown): TitanAnswer | undefined {
  const { data } = titanAnswer.safeParse(output)
  return data && misfit(question, data) === undefined ? data : undefined
}

function usedTokens(
  usage: { inputTokens: number | undefined; outputTokens: number | undefined } | undefined,
  price: ModelPrice,
): Cost | undefined {
  if (usage?.inputTokens === undefined || usage.outputTokens === undefined) return undefined
  return costOf({ input: usage.inputTokens, output: usage.outputTokens }, price)
}

/** What went wrong, in our words: a provider's own may quote the key or the answer. */
function failureOf(error: unknown, signal: AbortSignal): TitanUnavailable {
  if (error instanceof TitanUnavailable) return error
  if (signal.aborted)
    return new TitanUnavailable('timeout', 'the model did not answer in time', { cause: error })
  const refused = causesOf(error).find((cause) => cause instanceof OutwardRefused)
  if (refused) return new TitanUnavailable('bad-answer', refused.message, { cause: error })
  const status = statusOf(error)
  if (status === undefined || status === 200)
    return new TitanUnavailable(
      'unreachable',
      'the model cannot be reached, or its answer is none of its protocol',
      {
        cause: error,
        isTransient: true,
      },
    )
  const isTransient = isTransientStatus(status)
  return new TitanUnavailable(
    isTransient ? 'unreachable' : 'refused',
    `the model's server answers HTTP ${status}`,
    {
      cause: error,
      isTransient,
    },
  )
}

function statusOf(error: unknown): number | undefined {
  for (const cause of causesOf(error)) {
    const { statusCode, status_code } = cause as { statusCode?: unknown; status_code?: unknown }
    const status = statusCode ?? status_code
    if (typeof status === 'number') return status
  }
  return undefined
}

function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = []
  for (let cause = error; cause instanceof Error && causes.length < 10; cause = cause.cause)
    causes.push(cause)
  return causes
}
