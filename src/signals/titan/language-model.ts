import type { LanguageModel } from 'ai'
import { outwardFetch } from '../../outward-fetch.ts'

/** Longest answer of a model's server that is read. */
const maxBytes = 1_000_000

/** Which model, where it is served, and the key for it. */
export interface ModelPlace {
  /** `openai:`, `anthropic:` or `ollama:`, and the model's name there. */
  readonly name: string
  readonly url?: string | undefined
  readonly key?: string | undefined
}

/**
 * A language model of the operator. `openai:` is whatever speaks OpenAI's chat completions at `url` (the part before
 * /chat/completions). Each provider's package is loaded only when it is named.
 */
export async function languageModel({ name, url, key }: ModelPlace): Promise<Exclude<LanguageModel, string>> {
  const colon = name.indexOf(':')
  const [provider, model] = [name.slice(0, colon), name.slice(colon + 1)]
  const fetch = outwardFetch({ givenBy: 'operator', maxBytes })
  const given = { fetch, ...(key !== undefined && { apiKey: key }) }
  switch (provider) {
    case 'openai': {
      const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible')
      const baseURL = url ?? 'https://api.openai.com/v1'
      return createOpenAICompatible({ name: 'titan', baseURL, supportsStructuredOutputs: true, ...given })(
        model,
      )
    }
    case 'anthropic': {
      const { createAnthropic } = await import('@ai-sdk/anthropic')
      return createAnthropic({ ...given, ...(url !== undefined && { baseURL: url }) })(model)
    }
    case 'ollama': {
      const { createOllama } = await import('ai-sdk-ollama')
      return createOllama({ ...given, ...(url !== undefined && { baseURL: url }) })(model)
    }
    default:
      throw new Error(`no provider speaks for the model ${name}`)
  }
}
