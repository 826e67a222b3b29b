import { QueryClient } from '@tanstack/react-query'
import type { ProblemAnswer } from '../../problem.ts'

/** An answer of the API that is not what was asked for; `message` and `advice` are for the user. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  readonly status: number
  readonly code: string
  readonly advice: string
  /** What is wrong with single fields, by their names. */
  readonly errors: Readonly<Record<string, string>>

  constructor({ status, code, message, advice, errors = [] }: ProblemParts) {
    super(message)
    this.status = status
    this.code = code
    this.advice = advice
    this.errors = Object.fromEntries(errors.map(({ field, rule }) => [field, rule]))
  }
}

interface ProblemParts {
  readonly status: number
  readonly code: string
  readonly message: string
  readonly advice: string
  readonly errors?: ProblemAnswer['errors']
}

/** Proves who is there once more; answers whether it was proven. Set by the dialog that asks. */
let prove: (() => Promise<boolean>) | undefined

/** From now on whatever asks for a proof is asked again after `ask` has brought one; the answer ends that. */
export function proveWith(ask: () => Promise<boolean>): () => void {
  prove = ask
  return () => {
    if (prove === ask) prove = undefined
  }
}

/** Asks the API. Without a session it leaves for the sign-in page. */
export async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await reach(`/api/v1${path}`, init)
  if (response.status === 401) leaveForSignIn()
  return answerOf<T>(response, () => ask(path, init))
}

/** Asks the ways in, which are open to strangers: what they refuse is said where it was asked. */
export async function askAuth<T>(path: string, init?: RequestInit): Promise<T> {
  return answerOf<T>(await reach(`/api/auth${path}`, init), () => askAuth(path, init))
}

/** Sends JSON to the ways in. */
export function sendAuth<T>(path: string, body: object): Promise<T> {
  return askAuth<T>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

async function reach(address: string, init?: RequestInit): Promise<Response> {
  const response = await fetch(address, init).catch(() => undefined)
  if (response) return response
  throw new ApiProblem({
    status: 0,
    code: 'unreachable',
    message: 'Bullpen cannot be reached.',
    advice: 'Check the connection; this page keeps trying.',
  })
}

async function answerOf<T>(response: Response, again: () => Promise<T>): Promise<T> {
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T
  const problem = await problemIn(response)
  if (problem.code === 'step-up-required' && prove && (await prove())) return again()
  throw problem
}

/** Sends JSON to the API, under a key by which a repeated request happens once. */
export function send<T>(
  path: string,
  body: unknown,
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE' = 'POST',
): Promise<T> {
  return ask<T>(path, {
    method,
    headers: { 'content-type': 'application/json', 'idempotency-key': randomKey() },
    body: JSON.stringify(body),
  })
}

/** `crypto.randomUUID` is there on https alone. */
function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
}

function leaveForSignIn(): void {
  const here = location.pathname + location.search
  location.assign(here === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(here)}`)
}

async function problemIn(response: Response): Promise<ApiProblem> {
  const problem = (await response.json().catch(() => ({}))) as Partial<ProblemAnswer>
  return new ApiProblem({
    status: response.status,
    code: problem.code ?? 'unknown',
    message: problem.detail ?? `The server answered ${response.status}.`,
    advice: problem.advice ?? 'Try again in a moment.',
    errors: problem.errors,
  })
}

/** The page's memory of what the API said; the live stream writes into it. */
export const queries = new QueryClient({
  defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY, retry: 2, refetchOnWindowFocus: false } },
})
