import type { Request, RequestHandler, Response, Router } from 'express'
import type { z } from 'zod'
import { asTenant, type Db } from '#db/client.ts'
import { invalidRequest, noSuch, Problem } from '../problem.ts'
import { admit, type Caller } from './caller.ts'
import { type Answered, onceForKey } from './idempotency.ts'
import type { MarketPace } from './market-time.ts'
import { requirePlain } from './plain-input.ts'
import { type Asked, type Route, scopeOf } from './route.ts'

interface Ground {
  readonly db: Db
  readonly market: MarketPace
}

/** Adds routes to a router whose requests carry `response.locals.caller`. An address with another method answers 405. */
export function mount(router: Router, routes: readonly Route[], ground: Ground): void {
  for (const each of routes) router[each.method](each.path, answering(each, ground))
  for (const [path, own] of Map.groupBy(routes, (each) => each.path)) router.all(path, otherMethods(own))
}

function answering(route: Route, { db, market }: Ground): RequestHandler {
  return async (request, response) => {
    const caller = response.locals.caller as Caller
    const { user } = caller
    const demand = { role: route.role, isForPeople: route.isForPeople, scope: scopeOf(route) }
    admit(caller, { ...demand, isStepUp: route.stepUp === true }, new Date())
    requireJson(request)
    requirePlain([request.params, request.query, request.body])
    const input = {
      params: parse(route.params, request.params),
      query: parse(route.query, request.query),
      body: parse(route.body, request.body),
    }
    if (typeof route.stepUp === 'function')
      admit(caller, { ...demand, isStepUp: route.stepUp(input.body) }, new Date())
    const afterwards: (() => Promise<unknown>)[] = []
    const once = { userId: user.id, request, status: route.status ?? 200, isSecret: route.isSecret ?? false }
    const answered = await asTenant(db, user.id, async (tx) => {
      await requireOwnAccount(tx, input.query)
      const afterCommit: Asked<unknown, unknown>['afterCommit'] = (run) => void afterwards.push(run)
      const sessionId = caller.kind === 'session' ? caller.sessionId : undefined
      const asked = { db: tx, user, sessionId, market, ...input, afterCommit }
      return onceForKey(tx, once, () => route.handle(asked))
    })
    for (const run of afterwards)
      await run().catch((error) =>
        request.log.warn({ err: error }, 'what follows a request was left to the sweeper'),
      )
    send(response, route, answered)
  }
}

function send(
  response: Response,
  { media, fileName, policy }: Route,
  { status, json, isReplayed }: Answered,
): void {
  response.status(status).set('cache-control', 'no-store')
  if (isReplayed) response.set('idempotency-replayed', 'true')
  if (fileName !== undefined) response.attachment(fileName)
  if (policy !== undefined) response.set('content-security-policy', policy)
  response.type(media ?? 'application/json').send(media === undefined ? json : (JSON.parse(json) as string))
}

/** Bodies are JSON or absent: a form could be sent by another site's page. */
function requireJson(request: Request): void {
  const hasBody =
    request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length']) > 0
  if (hasBody && !request.is('application/json'))
    throw new Problem(415, 'not-json', 'The body of the request is not announced as JSON.', {
      advice: 'Send it with content-type application/json.',
    })
}

/** An account that is not the caller's does not exist for the caller; `db` sees no other's. */
async function requireOwnAccount(db: Db, query: unknown): Promise<void> {
  const { account } = query as { account?: string }
  if (account === undefined) return
  const found = await db.selectFrom('accounts').select('id').where('id', '=', account).executeTakeFirst()
  if (!found) throw noSuch('account', account, '/overview')
}

function otherMethods(routes: readonly Route[]): RequestHandler {
  const allow = [
    ...new Set(routes.flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]))),
  ]
  return (request, response) => {
    response.set('allow', allow.join(', '))
    if (request.method === 'OPTIONS') return void response.status(204).end()
    throw new Problem(405, 'method-not-allowed', `${request.method} is not for this address.`, {
      advice: `Use ${allow.join(' or ')}.`,
    })
  }
}

function parse<T extends z.ZodType>(schema: T, input: unknown): z.infer<T> {
  const result = schema.safeParse(input)
  if (!result.success) throw invalidRequest(result.error)
  return result.data
}
