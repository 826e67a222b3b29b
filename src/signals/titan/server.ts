import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { titanQuestion } from './contract.ts'
import { askPatiently, type Patience } from './patience.ts'
import type { TitanProvider } from './provider.ts'
import { type TitanFailure, TitanUnavailable } from './unavailable.ts'

/** Longest question that is read: 200 symbols of 500 candles are half of it. */
const maxBytes = 16_000_000
/** Questions that are answered at once; more are told to come back. */
const maxAtOnce = 4

const statuses: Readonly<Record<TitanFailure, number>> = {
  timeout: 504,
  unreachable: 502,
  refused: 502,
  'bad-answer': 502,
  budget: 503,
}

interface ServerOptions {
  readonly provider: TitanProvider
  /** The bearer token that every question must carry; undefined asks for none. */
  readonly key: string | undefined
  readonly patience?: Patience
  /** Told of each question and what became of it. */
  readonly onAnswered?: (answered: { symbols: number; status: number; reason?: string }) => void
}

/**
 * Answers titan's HTTP contract from a provider: POST a question, get signals. 400 names what is wrong with the question,
 * 401 without the key, 413, 429, and 502 to 504 when the provider has no answer; each as {"error": "…"}.
 */
export function titanServer({ provider, key, patience, onAnswered }: ServerOptions): RequestListener {
  let atOnce = 0

  async function answer(request: IncomingMessage, ends: AbortSignal): Promise<Answer> {
    if (request.method !== 'POST') return refusal(405, 'post a question', { allow: 'POST' })
    if (!isAllowed(request.headers.authorization, key))
      return refusal(401, 'the bearer token is not the right one')
    const body = await bodyOf(request)
    if (body === undefined) return refusal(413, `a question has at most ${maxBytes} bytes`)
    const question = titanQuestion.safeParse(parsed(body))
    if (!question.success) {
      const [issue] = question.error.issues
      return refusal(400, `${issue?.path.join('.') || 'the question'}: ${issue?.message}`)
    }
    if (atOnce >= maxAtOnce)
      return refusal(429, 'enough questions are being answered', { 'retry-after': '10' })
    atOnce += 1
    const symbols = question.data.symbols.length
    try {
      const body = await askPatiently(provider, question.data, ends, patience)
      onAnswered?.({ symbols, status: 200 })
      return { status: 200, body }
    } catch (error) {
      if (!(error instanceof TitanUnavailable)) throw error
      const status = statuses[error.failure]
      onAnswered?.({ symbols, status, reason: error.message })
      return refusal(status, error.message)
    } finally {
      atOnce -= 1
    }
  }

  return (request, response) => {
    const gone = new AbortController()
    response.on('close', () => gone.abort())
    answer(request, gone.signal).then(
      (said) => say(response, said),
      (error: Error) => {
        onAnswered?.({ symbols: 0, status: 500, reason: error.message })
        say(response, refusal(500, 'something went wrong here'))
      },
    )
  }
}

interface Answer {
  readonly status: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

function refusal(status: number, error: string, headers?: Readonly<Record<string, string>>): Answer {
  return { status, body: { error }, ...(headers && { headers }) }
}

function say(response: ServerResponse, { status, body, headers }: Answer): void {
  // Of a question that is too long the rest is not read.
  const rest = status === 413 ? { connection: 'close' } : {}
  response.writeHead(status, { 'content-type': 'application/json', ...headers, ...rest })
  response.end(JSON.stringify(body))
}

/** Compared as digests, so that how long it takes says nothing. */
function isAllowed(header: string | undefined, key: string | undefined): boolean {
  if (key === undefined) return true
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(header ?? ''), digest(`Bearer ${key}`))
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    bytes += (chunk as Buffer).length
    if (bytes > maxBytes) return undefined
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
