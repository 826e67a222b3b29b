import { randomUUID } from 'node:crypto'
import type { Queue } from 'bullmq'
import express, { type Express, type RequestHandler } from 'express'
import type { Logger } from 'pino'
import { pinoHttp } from 'pino-http'
import type { Db } from '#db/client.ts'
import type { AlertChannel } from '../domain/alerts/severity.ts'
import { inLogScope } from '../log-scope.ts'
import type { Enqueue } from '../queue/enqueue.ts'
import { admit, type Caller } from './api/caller.ts'
import { apiDocs } from './api/docs.ts'
import { type LiveUpdates, openLiveUpdates } from './api/events.ts'
import type { MarketPace } from './api/market-time.ts'
import { mount } from './api/mount.ts'
import { limitRate, type Rate } from './api/rate.ts'
import type { Route } from './api/route.ts'
import { apiRoutes } from './api/routes.ts'
import { bullBoardHeaders, strictHeaders } from './headers.ts'
import { type HookOptions, hooks } from './hooks/router.ts'
import { answerMetrics } from './metrics.ts'
import { bullBoard } from './ops.ts'
import { plainPage } from './page.ts'
import { answerProblem, Problem, signInFirst } from './problem.ts'
import type { ReadinessCheck } from './readiness.ts'
import { refuseCrossSite } from './same-origin.ts'
import { callerHeader, type SignedIn, type SignIn } from './sign-in.ts'
import { type SiteOptions, site } from './site.ts'

export interface AppOptions extends SiteOptions {
  /** Connected as bullpen_app. */
  readonly db: Db
  readonly signIn: SignIn
  readonly queues: readonly Queue[]
  readonly enqueue: Enqueue
  /** Where this installation can send alerts; nowhere when it is not said. */
  readonly alertChannels?: readonly AlertChannel[]
  readonly log: Logger
  readonly readiness: () => Promise<ReadinessCheck[]>
  readonly market: MarketPace
  readonly hooks: HookOptions
  /** The configured public address; undefined when any host the server answers to is its own. */
  readonly publicUrl: string | undefined
  /** How many requests one caller of the API may send. */
  readonly apiRate: Rate
  readonly trustProxy: boolean | number | string
  /** Opens /metrics to others than this machine. */
  readonly metricsToken?: string | undefined
}

/** The web application, and how to end its streams before the server closes. */
export interface App {
  readonly handler: Express
  close(): void
}

/** Wires the middleware in the order in which a request meets it. */
export function createApp(options: AppOptions): App {
  const { db, signIn, queues, enqueue, log, readiness, market, publicUrl, trustProxy } = options
  const isHttps = publicUrl?.startsWith('https:') ?? false
  const live = openLiveUpdates({ db, market, log })
  const app = express()
  app.disable('x-powered-by')
  // Answers are a tenant's own: no cache keeps them, so nothing asks whether they have changed.
  app.disable('etag')
  app.set('query parser', 'simple')
  app.set('trust proxy', trustProxy)

  app.use(logRequests(log))
  app.use((request, _response, next) => inLogScope({ requestId: String(request.id) }, next))
  app.use(strictHeaders(isHttps))
  app.get('/healthz', (_request, response) => void response.json({ ok: true }))
  app.get('/readyz', answerReadiness(readiness))
  app.get('/metrics', answerMetrics(options.metricsToken))
  // Webhooks come from programs, without a cookie and without an Origin: their token is what counts.
  app.use(hooks({ db, log, ...options.hooks }))
  app.use(refuseCrossSite(publicUrl))

  app.all('/api/auth/{*any}', (request, response) => {
    request.headers[callerHeader] = request.ip
    return signIn.handle(request, response)
  })
  app.use(async (request, response, next) => {
    const caller = request.path.startsWith('/assets/') ? undefined : await signIn.whoIs(request, response)
    response.locals.caller = caller
    // Pages are for people: a token opens the API alone.
    response.locals.user = caller?.kind === 'session' ? caller.user : undefined
    next()
  })
  const routes = apiRoutes({
    queues,
    enqueue,
    keys: options.hooks.keys,
    alertChannels: options.alertChannels ?? [],
  })
  app.use(apiDocs(routes))
  app.use('/api/v1', api(options, routes, live))
  app.use('/ops/queues', bullBoardHeaders(isHttps), adminsPage, bullBoard(queues, '/ops/queues'))
  app.use(site(options))
  app.use(notFound)
  app.use(answerProblem)
  return { handler: app, close: () => live.close() }
}

function api(
  { db, market, signIn, apiRate }: AppOptions,
  routes: readonly Route[],
  live: LiveUpdates,
): RequestHandler {
  const router = express.Router()
  router.use((_request, response, next) => next(response.locals.caller ? undefined : signInFirst()))
  router.use(limitRate(db, apiRate))
  router.use(express.json({ limit: '100kb' }))
  router.get('/events', (request, response) => {
    const caller = response.locals.caller as Caller
    admit(caller, { scope: 'read', isStepUp: false }, new Date())
    live.stream(caller.user, response, () => isStillIn(signIn, request))
  })
  mount(router, routes, { db, market })
  router.use((request) => {
    throw new Problem(
      404,
      'not-found',
      `There is no ${request.method} ${request.originalUrl.split('?')[0]}.`,
      {
        advice: 'Look at the address and the method.',
      },
    )
  })
  return router
}

/** Whether a session or a token still opens what it opened. What cannot be looked up is not an answer. */
async function isStillIn(signIn: SignIn, request: express.Request): Promise<boolean> {
  try {
    return (await signIn.whoIs(request)) !== undefined
  } catch (error) {
    if (error instanceof Problem && error.status === 401) return false
    throw error
  }
}

/** One line a request, with the path alone: queries may carry what logs must not. */
function logRequests(log: Logger): RequestHandler {
  return pinoHttp({
    logger: log,
    genReqId(_request, response) {
      const id = randomUUID()
      response.setHeader('X-Request-Id', id)
      return id
    },
    autoLogging: { ignore: (request) => request.url === '/healthz' || request.url === '/readyz' },
    customLogLevel: (_request, response, error) => (error || response.statusCode >= 500 ? 'error' : 'debug'),
    wrapSerializers: false,
    serializers: {
      req: (request: express.Request) => ({
        id: request.id,
        method: request.method,
        path: pathOf(request.originalUrl ?? request.url),
      }),
      res: (response: express.Response) => ({ status: response.statusCode }),
    },
  })
}

/** Without the query, and without the token of a webhook. */
function pathOf(url: string): string | undefined {
  return url.split('?')[0]?.replace(/^(\/hooks\/signals\/).+/i, '$1…')
}

function answerReadiness(readiness: () => Promise<ReadinessCheck[]>): RequestHandler {
  return async (_request, response) => {
    const checks = await readiness()
    const ready = checks.every((check) => check.ok)
    response
      .status(ready ? 200 : 503)
      .set('cache-control', 'no-store')
      .json({ ready, checks })
  }
}

/** Bull Board shows every tenant's jobs and can change them. */
const adminsPage: RequestHandler = (_request, response, next) => {
  const user = response.locals.user as SignedIn | undefined
  if (!user) return response.redirect('/sign-in?next=/ops/queues')
  if (user.role === 'admin') return next()
  const text = 'The queues show the work of every user, so only administrators may open them.'
  response
    .status(403)
    .send(
      plainPage({ title: 'For administrators', text, link: { href: '/', text: 'Back to the dashboard' } }),
    )
}

const notFound: RequestHandler = (request, response, next) => {
  if (request.accepts(['json', 'html']) !== 'html')
    return next(
      new Problem(404, 'not-found', 'There is nothing at this address.', { advice: 'Look at the address.' }),
    )
  const text = 'There is nothing at this address.'
  response
    .status(404)
    .send(plainPage({ title: 'Not found', text, link: { href: '/', text: 'Back to the dashboard' } }))
}
