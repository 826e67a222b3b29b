import type { Router } from 'express'
import type { z } from 'zod'
import { asTenant, type Db } from '#db/client.ts'
import { invalidRequest, Problem } from '../problem.ts'
import type { SignedIn } from '../sign-in.ts'
import type { MarketPace } from './market-time.ts'

/** What a route knows besides its input: the tenant's transaction, who asks, and how fast the market runs. */
export interface Asked<Q, B> {
  readonly db: Db
  readonly user: SignedIn
  readonly market: MarketPace
  readonly query: Q
  readonly body: B
}

/** One operation of the API: its schemas are the validation and the documentation. `db` sees the caller's rows only. */
export interface Route<
  Q extends z.ZodType = z.ZodType,
  B extends z.ZodType = z.ZodType,
  A extends z.ZodType = z.ZodType,
> {
  readonly method: 'get' | 'post'
  readonly path: string
  /** One sentence that says what it gives or does. */
  readonly summary: string
  /** Only admins may ask; everybody signed in otherwise. */
  readonly role?: 'admin'
  readonly query: Q
  readonly body: B
  readonly answer: A
  handle(asked: Asked<z.infer<Q>, z.infer<B>>): Promise<z.infer<A>>
}

/** Declares a route; the identity with a type. */
export function route<Q extends z.ZodType, B extends z.ZodType, A extends z.ZodType>(
  declared: Route<Q, B, A>,
): Route<Q, B, A> {
  return declared
}

/** Adds routes to a router whose requests carry `response.locals.user`. */
export function mount(
  router: Router,
  routes: readonly Route[],
  { db, market }: { db: Db; market: MarketPace },
): void {
  for (const { method, path, role, query, body, handle } of routes) {
    router[method](path, async (request, response) => {
      const user = response.locals.user as SignedIn
      if (role === 'admin' && user.role !== 'admin') throw adminsOnly()
      const input = { query: parse(query, request.query), body: parse(body, request.body) }
      const answer = await asTenant(db, user.id, async (tx) => {
        await requireOwnAccount(tx, input.query)
        return handle({ db: tx, user, market, ...input })
      })
      response.set('cache-control', 'no-store').json(answer)
    })
  }
}

/** An account that is not the caller's does not exist for the caller; `db` sees no other's. */
async function requireOwnAccount(db: Db, query: unknown): Promise<void> {
  const { account } = query as { account?: string }
  if (account === undefined) return
  const found = await db.selectFrom('accounts').select('id').where('id', '=', account).executeTakeFirst()
  if (!found)
    throw new Problem(404, 'no-such-account', `There is no account ${account}.`, {
      advice: 'Ask /api/v1/overview for your accounts.',
    })
}

/** Refuses what only admins may see. */
function adminsOnly(): Problem {
  return new Problem(403, 'admins-only', 'This is for administrators.', {
    advice: 'Ask an administrator, or sign in as one.',
  })
}

function parse<T extends z.ZodType>(schema: T, input: unknown): z.infer<T> {
  const result = schema.safeParse(input)
  if (!result.success) throw invalidRequest(result.error)
  return result.data
}
