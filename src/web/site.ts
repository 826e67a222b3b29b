import { type RequestHandler, Router } from 'express'
import { assets } from './assets.ts'
import { plainPage, plainStyles } from './page.ts'
import { openPaths, pagePaths } from './paths.ts'

export interface SiteOptions {
  /** The folder with the built dashboard; undefined while it is being built. */
  readonly dashboard: () => string | undefined
  /** Why the build failed, when it did. */
  readonly failure: () => string | undefined
}

/** The dashboard's pages: sign-in for strangers, everything else for who is signed in (`response.locals.user`). */
export function site(options: SiteOptions): Router {
  const router = Router()
  router.use(plainStyles)
  router.use('/assets', assets(options.dashboard))
  router.get('/sign-in', (_request, response, next) =>
    response.locals.user ? response.redirect('/') : next(),
  )
  router.get([...pagePaths], (request, response, next) =>
    response.locals.user ? next() : response.redirect(signInBefore(request.originalUrl)),
  )
  router.get([...pagePaths, ...openPaths], page(options))
  return router
}

/** The way in, and from there to where somebody wanted to go. */
function signInBefore(url: string): string {
  return url === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(url)}`
}

function page({ dashboard, failure }: SiteOptions): RequestHandler {
  return (_request, response) => {
    const folder = dashboard()
    response.set('cache-control', 'no-store')
    if (folder) return response.sendFile('index.html', { root: folder, cacheControl: false })
    response.status(503).send(failure() ? failedPage : buildingPage)
  }
}

const buildingPage = plainPage({
  title: 'The dashboard is being built',
  text: 'This happens once after an installation or an update and takes a few seconds. The page opens by itself.',
  reloadSeconds: 1,
})

const failedPage = plainPage({
  title: 'The dashboard could not be built',
  text: 'Trading goes on without it. The reason is in the log of the web process; start it again once that is mended.',
})
