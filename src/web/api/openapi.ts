import { z } from 'zod'
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi'
import { problemAnswer } from '../problem.ts'
import { scopes } from './caller.ts'
import { noBody } from './fields.ts'
import { idempotencyHeader, idempotencyKey } from './idempotency.ts'
import { type Route, scopeOf } from './route.ts'

/** The OpenAPI 3.1 document of the API, made from the routes themselves: what is validated is what is written here. */
export function openApiOf(routes: readonly Route[]): ReturnType<typeof createDocument> {
  return createDocument({
    openapi: '3.1.1',
    info: {
      title: 'Bullpen',
      version: '1.0.0',
      description: [
        'Everything that the dashboard does, for programs.',
        'Sign in with a token: `Authorization: Bearer bp_…`, made on the page Security; its scopes say what it may do.',
        'Amounts are decimal text, times are UTC. Lists are newest first; `next` asks for the following page.',
        'An unsafe request may carry an `Idempotency-Key`: sent again under it within 24 hours, it happens once and answers the same.',
        'What fails answers `application/problem+json` with a stable `code` and an `advice`.',
      ].join('\n\n'),
    },
    servers: [{ url: '/api/v1' }],
    security: [{ token: [] }, { session: [] }],
    tags: tagsOf(routes),
    paths: { ...pathsOf(routes), '/events': eventsPath },
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: `A token with scopes: ${scopes.join(', ')}.` },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'bullpen.session_token',
          description: 'The session of a person in a browser; over https the name begins with __Secure-.',
        },
      },
    },
  })
}

/** What a refusal answers, by its status. */
const refusals = {
  400: 'A field breaks a rule; `errors` names each.',
  401: 'There is no valid session or token.',
  403: 'Not allowed: a role, a scope or a fresh proof is missing; `code` says which.',
  404: 'There is no such thing of the caller’s.',
  409: 'It cannot be done as things stand.',
  410: 'It is over.',
  413: 'The body is larger than 100 kB.',
  415: 'The body is not announced as JSON.',
  422: 'It is understood and cannot be done, or the Idempotency-Key belongs to another request.',
  429: 'Too many requests; Retry-After says when to go on.',
} as const
type Refusal = keyof typeof refusals

const problemExample = {
  type: 'about:blank',
  title: 'Not found',
  status: 404,
  code: 'no-such-order',
  detail: 'There is no order 5f0c….',
  advice: 'Ask /api/v1/orders for yours.',
} as const

const responses = Object.fromEntries(
  Object.entries(refusals).map(([status, description]) => [
    status,
    {
      description,
      content: { 'application/problem+json': { schema: problemAnswer, example: problemExample } },
      id: `Refusal${status}`,
    },
  ]),
)

function pathsOf(routes: readonly Route[]): ZodOpenApiPathsObject {
  const paths: ZodOpenApiPathsObject = {}
  for (const each of routes) {
    const path = openApiPath(each.path)
    paths[path] = { ...paths[path], [each.method]: operationOf(each) }
  }
  return paths
}

function operationOf(route: Route): ZodOpenApiOperationObject {
  const {
    method,
    path,
    summary,
    params,
    query,
    body,
    answer,
    status = 200,
    media = 'application/json',
  } = route
  const isUnsafe = method !== 'get'
  const header = isUnsafe ? z.object({ [idempotencyHeader]: idempotencyKey.optional() }) : undefined
  const hasBody = body !== noBody
  return {
    operationId: `${method}${path.replace(/[^a-z]+([a-z]|$)/gi, (_match, next: string) => next.toUpperCase())}`,
    tags: [tagOf(path)],
    summary,
    description: rightsOf(route),
    requestParams: {
      ...(hasFields(params) && { path: params }),
      ...(hasFields(query) && { query }),
      ...(header && { header }),
    },
    ...(hasBody && {
      requestBody: {
        required: !body.safeParse(undefined).success,
        content: { 'application/json': { schema: body } },
      },
    }),
    responses: {
      [status]: { description: 'Done.', content: { [media]: { schema: answer } } },
      ...pick(refusalsOf(route)),
    },
  } as ZodOpenApiOperationObject
}

function rightsOf(route: Route): string {
  const who = route.role === 'admin' ? ['For administrators.'] : []
  const token = route.isForPeople ? 'Not open to tokens.' : `A token needs the scope \`${scopeOf(route)}\`.`
  const proof = route.stepUp ? ['A session must have been proven within 10 minutes.'] : []
  const once = route.isSecret ? ['The answer holds a secret that is shown once.'] : []
  return [...who, token, ...proof, ...once].join(' ')
}

function refusalsOf({ method, path, query, role, stepUp }: Route): Refusal[] {
  const isUnsafe = method !== 'get'
  const namesSomething = path.includes(':') || (hasFields(query) && 'account' in query.shape)
  return [
    400,
    401,
    ...(role || stepUp || isUnsafe ? ([403] as const) : []),
    ...(namesSomething || isUnsafe ? ([404] as const) : []),
    ...(isUnsafe ? ([409, 413, 415, 422] as const) : []),
    ...(path.includes(':') ? ([410] as const) : []),
    429,
  ]
}

function pick(statuses: readonly Refusal[]) {
  return Object.fromEntries(statuses.map((status) => [status, responses[status]]))
}

function hasFields(schema: z.ZodType): schema is z.ZodObject {
  return schema instanceof z.ZodObject && Object.keys(schema.shape).length > 0
}

function tagsOf(routes: readonly Route[]): { name: string }[] {
  return [...new Set(routes.map(({ path }) => tagOf(path)))].map((name) => ({ name }))
}

/** The first word of a path. */
function tagOf(path: string): string {
  return path.split(/[/.]/)[1] ?? path
}

function openApiPath(path: string): string {
  return path.replace(/:([a-zA-Z]+)/g, '{$1}')
}

const eventsPath = {
  get: {
    operationId: 'getEvents',
    tags: ['events'],
    summary: 'Live updates as server-sent events, until the connection or the session ends.',
    description:
      'Each event is named after what has changed (overview, positions, trades, decisions, signals), its data is what the route of that name answers; a `tick` follows each look.',
    responses: {
      200: { description: 'A stream.', content: { 'text/event-stream': { schema: z.string() } } },
      ...pick([401, 403, 429]),
    },
  },
} satisfies ZodOpenApiPathsObject[string]
