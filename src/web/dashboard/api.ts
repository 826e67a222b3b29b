import { QueryClient } from '@tanstack/react-query'
import type { ProblemAnswer } from '../problem.ts'

/** An answer of the API that is not what was asked for; `message` and `advice` are for the user. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem'
  readonly status: number
  readonly advice: string

  constructor(status: number, message: string, advice: string) {
    super(message)
    this.status = status
    this.advice = advice
  }
}

/** Asks the API. Without a session it leaves for the sign-in page. */
export async function ask<T>(path: string, init?: RequestInit): Promise<T> {
  const response = await fetch(`/api/v1${path}`, init).catch(() => undefined)
  if (!response)
    throw new ApiProblem(0, 'Bullpen cannot be reached.', 'Check the connection; this page keeps trying.')
  if (response.status === 401) location.assign('/sign-in')
  if (!response.ok) throw await problemIn(response)
  return (await response.json()) as T
}

/** Sends JSON to the API. */
export function send<T>(path: string, body: unknown): Promise<T> {
  return ask<T>(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
}

async function problemIn(response: Response): Promise<ApiProblem> {
  const problem = (await response.json().catch(() => ({}))) as Partial<ProblemAnswer>
  const detail = problem.detail ?? `The server answered ${response.status}.`
  return new ApiProblem(response.status, detail, problem.advice ?? 'Try again in a moment.')
}

/** The page's memory of what the API said; the live stream writes into it. */
export const queries = new QueryClient({
  defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY, retry: 2, refetchOnWindowFocus: false } },
})
