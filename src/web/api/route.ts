import type { z } from 'zod'
import type { Db } from '#db/client.ts'
import type { SignedIn } from '../sign-in.ts'
import type { Scope } from './caller.ts'
import { noBody, nothing } from './fields.ts'
import type { MarketPace } from './market-time.ts'

export const methods = ['get', 'post', 'put', 'patch', 'delete'] as const
export type Method = (typeof methods)[number]

/** What a route knows besides its input: the tenant's transaction, who asks, and how fast the market runs. */
export interface Asked<Q, B, P = unknown> {
  readonly db: Db
  readonly user: SignedIn
  /** The session that asks; undefined for a token. */
  readonly sessionId?: string | undefined
  readonly market: MarketPace
  /** From the address, such as the `id` of `/orders/:id`. */
  readonly params: P
  readonly query: Q
  readonly body: B
  /**
   * Runs once the transaction is committed and before the answer: for waking workers. What it fails at is logged and not
   * answered, because what was asked for has happened.
   */
  afterCommit(run: () => Promise<unknown>): void
}

/** One operation of the API: its schemas are the validation and the documentation. `db` sees the caller's rows only. */
export interface Route<
  Q extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
  A extends z.ZodType = z.ZodType,
  P extends z.ZodType = z.ZodType,
> {
  readonly method: Method
  /** Under /api/v1, with parameters as `:id`. */
  readonly path: string
  /** One sentence that says what it gives or does. */
  readonly summary: string
  /** Only admins may ask; everybody signed in otherwise. */
  readonly role?: 'admin'
  /** Only a person with a session may ask, never a token. */
  readonly isForPeople?: true
  /** What a token needs; `read` for a GET, `admin` where the role is, `manage` otherwise. */
  readonly scope?: Scope
  /** Whether a session must have been proven within the last 10 minutes, always or for some bodies. */
  readonly stepUp?: true | ((body: z.infer<B>) => boolean)
  /** 200 unless something else is told: 201 made, 202 will be done. */
  readonly status?: 200 | 201 | 202
  /** Of an answer that is text instead of JSON; `answer` is then a string. */
  readonly media?: 'text/csv' | 'text/html'
  /** The Content-Security-Policy of a page that is not the dashboard's. */
  readonly policy?: string
  /** What a browser saves the answer as. */
  readonly fileName?: string
  /** The answer holds something that is shown once: it is not kept for a repeated Idempotency-Key. */
  readonly isSecret?: true
  readonly params: P
  readonly query: Q
  readonly body: B
  readonly answer: A
  /** The answer; throws a Problem for what cannot be done, and then nothing has been done. */
  handle(asked: Asked<z.infer<Q>, z.infer<B>, z.infer<P>>): Promise<z.input<A>>
}

/** Declares a route; without `params`, `query` or `body` it takes none. */
export function route<
  A extends z.ZodType,
  Q extends z.ZodType = typeof nothing,
  B extends z.ZodType = typeof noBody,
  P extends z.ZodType = typeof nothing,
>(
  declared: Omit<Route<Q, B, A, P>, 'params' | 'query' | 'body'> & { params?: P; query?: Q; body?: B },
): Route<Q, B, A, P> {
  const { params = nothing, query = nothing, body = noBody, ...rest } = declared
  return { ...rest, params, query, body } as Route<Q, B, A, P>
}

/** The scope a token needs for a route. */
export function scopeOf({ method, role, scope }: Pick<Route, 'method' | 'role' | 'scope'>): Scope {
  if (scope !== undefined) return scope
  if (role === 'admin') return 'admin'
  return method === 'get' ? 'read' : 'manage'
}
