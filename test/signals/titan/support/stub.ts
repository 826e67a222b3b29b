import { createServer, type IncomingHttpHeaders } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll } from 'vitest'
import type { TitanQuestion } from '#src/signals/titan/contract.ts'

/** A request as the stub got it. */
interface Heard {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** What the stub says; `hang` says nothing until the caller goes away. */
export type Said =
  | 'hang'
  | { readonly status?: number; readonly body?: string | Buffer; readonly headers?: Record<string, string> }

/** A server in titan's place, or in the place of a model's server, that answers as the test says. */
export interface Stub {
  readonly url: string
  readonly heard: Heard[]
  /** The answer to the nth request, from 0. */
  answer: (nth: number, heard: Heard) => Said
  /** Requests whose caller went away unanswered. */
  left: number
}

/** Starts it for the calling test file. */
export async function stubServer(): Promise<Stub> {
  const stub: Stub & { url: string } = { url: '', heard: [], answer: () => ({ status: 500 }), left: 0 }
  const server = createServer(async (request, response) => {
    const { method = '', url: path = '', headers } = request
    const heard = { method, path, headers, body: await text(request) }
    stub.heard.push(heard)
    const said = stub.answer(stub.heard.length - 1, heard)
    if (said === 'hang') return void response.on('close', () => (stub.left += 1))
    response.writeHead(said.status ?? 200, { 'content-type': 'application/json', ...said.headers })
    response.end(said.body ?? '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  stub.url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  return stub
}

/** What a chat completion of OpenAI's protocol looks like around a text. */
export function completion(content: string, tokens = { prompt: 1_000, completion: 100 }): Said {
  const body = JSON.stringify({
    id: 'x',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }],
    usage: {
      prompt_tokens: tokens.prompt,
      completion_tokens: tokens.completion,
      total_tokens: tokens.prompt + tokens.completion,
    },
  })
  return { body }
}

/** A question about two markets. */
export const question: TitanQuestion = {
  asOf: '2026-06-17T13:27:41.000Z',
  timeframe: '5m',
  symbols: ['BTC/USDT', 'ETH/USDT'].map((symbol) => ({
    symbol,
    candles: [[1_781_000_000_000, 100, 101.123_456_7, 99, 100.5, 12]],
    indicators: { rsi14_5m: 55.123_456_789, adx14_1h: null },
  })),
}

/** An answer that fits the question. */
export const opinion = {
  symbol: 'BTC/USDT',
  action: 'BUY',
  confidence: 0.6,
  reasoning: 'the averages rise',
  stopLoss: 95,
  takeProfit: null,
}
