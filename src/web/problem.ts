import type { ErrorRequestHandler } from 'express'
import { z } from 'zod'

/** One field of a request that breaks a rule. */
const fieldProblem = z.object({ field: z.string(), rule: z.string() })

/** What every failed API request answers (RFC 9457), with a stable `code` and what to do about it. */
export const problemAnswer = z
  .object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    advice: z.string(),
    errors: z.array(fieldProblem).optional(),
  })
  .meta({
    id: 'Problem',
    description:
      'What every failed request answers (RFC 9457), with a stable `code` and what to do about it.',
  })
export type ProblemAnswer = z.infer<typeof problemAnswer>

interface ProblemDetails {
  readonly advice: string
  readonly errors?: readonly z.infer<typeof fieldProblem>[]
  /** Sent as Retry-After. */
  readonly retryAfterSeconds?: number
}

/** A refusal that goes to the caller as it is: nothing in it may be secret. */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly status: number
  readonly code: string
  readonly advice: string
  readonly errors: ProblemDetails['errors']
  readonly retryAfterSeconds: number | undefined

  constructor(
    status: number,
    code: string,
    message: string,
    { advice, errors, retryAfterSeconds }: ProblemDetails,
  ) {
    super(message)
    this.retryAfterSeconds = retryAfterSeconds
    this.status = status
    this.code = code
    this.advice = advice
    this.errors = errors
  }
}

/** A request whose fields break the schema: 400, naming each field and the rule it breaks. */
export function invalidRequest(error: z.ZodError): Problem {
  const errors = error.issues.map((issue) => ({
    field: issue.path.join('.') || '(request)',
    rule: issue.message,
  }))
  return new Problem(
    400,
    'invalid-request',
    errors.map(({ field, rule }) => `${field}: ${rule}`).join('; '),
    {
      advice: 'Correct the named fields and send the request again.',
      errors,
    },
  )
}

/** What is not the caller's does not exist for the caller: the same answer for another's id and for none's. */
export function noSuch(noun: string, id: string, list: string): Problem {
  return new Problem(404, `no-such-${noun.replaceAll(' ', '-')}`, `There is no ${noun} ${id}.`, {
    advice: `Ask /api/v1${list} for yours.`,
  })
}

/** Without a session nothing but the sign-in page is shown. */
export function signInFirst(): Problem {
  return new Problem(401, 'sign-in-required', 'There is no valid session.', {
    advice: 'Sign in and try again.',
  })
}

const bodyProblems: Readonly<Record<string, Problem>> = {
  'entity.too.large': new Problem(413, 'too-large', 'The body of the request is too large.', {
    advice: 'Send less than 100 kB.',
  }),
  'entity.parse.failed': new Problem(400, 'invalid-json', 'The body of the request is not JSON.', {
    advice: 'Send a JSON object with content-type application/json.',
  }),
}

/** Answers every error as problem+json. What was not meant for the caller is logged and answered as a plain 500. */
export const answerProblem: ErrorRequestHandler = (error, request, response, next) => {
  if (response.headersSent) return next(error)
  const problem = problemOf(error)
  if (problem.status >= 500) request.log.error({ err: error }, 'request failed')
  if (problem.retryAfterSeconds !== undefined) response.set('retry-after', String(problem.retryAfterSeconds))
  response
    .status(problem.status)
    .type('application/problem+json')
    .send(
      JSON.stringify({
        type: 'about:blank',
        title: titles[problem.status] ?? 'Request failed',
        status: problem.status,
        code: problem.code,
        detail: problem.message,
        advice: problem.advice,
        errors: problem.errors,
      }),
    )
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Sign-in required',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  409: 'Conflict',
  410: 'Gone',
  413: 'Too large',
  415: 'Not JSON',
  422: 'Cannot be done',
  429: 'Too many requests',
  500: 'Internal error',
  503: 'Not available',
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error
  const { type, status } = error as { type?: string; status?: number }
  const known = type === undefined ? undefined : bodyProblems[type]
  if (known) return known
  if (status !== undefined && status >= 400 && status < 500)
    return new Problem(status, 'bad-request', 'The request cannot be understood.', {
      advice: 'Check its address and headers.',
    })
  return new Problem(500, 'internal', 'Something went wrong on our side.', {
    advice: 'Try again; when it stays, the operator finds the cause in the log under this time.',
  })
}
