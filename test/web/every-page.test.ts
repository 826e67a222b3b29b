import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildDashboard } from '#src/web/dashboard/build.ts'
import { pagePaths } from '#src/web/paths.ts'
import { hasBrowser, launchBrowser, openAs, overflowOf, violationsOf } from '../support/browser.ts'
import { beatMonitor } from '../support/seed.ts'
import { type TestWeb, testWeb } from '../support/web.ts'

/** Pages whose address names one thing have tests of their own, which know one. */
const plainPaths = pagePaths.filter((page) => !page.includes(':'))

describe.skipIf(!hasBrowser)('every page', () => {
  let web: TestWeb
  let browser: Browser
  let shots: string
  let monitor: NodeJS.Timeout

  beforeAll(async () => {
    web = await testWeb(await buildDashboard())
    browser = await launchBrowser()
    shots = process.env.BULLPEN_SCREENSHOTS ?? (await mkdtemp(path.join(tmpdir(), 'bullpen-screens-')))
    monitor = setInterval(() => void beatMonitor(web.database.query), 1_000)
  }, 300_000)
  afterAll(async () => {
    clearInterval(monitor)
    await browser?.close()
  })

  const looks = [
    { screen: 'desk', scheme: 'light' },
    { screen: 'phone', scheme: 'dark' },
  ] as const

  test.each(looks)(
    'has a heading and a title, complains of nothing and is usable by all on a $screen in the $scheme',
    { timeout: 300_000 },
    async ({ screen, scheme }) => {
      const { page, complaints } = await openAs(browser, web, { user: web.ada, screen, scheme })
      const problems: string[] = []
      for (const place of plainPaths) {
        await page.goto(`${web.origin}${place}`)
        await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' })
        await page.locator('main .animate-pulse').first().waitFor({ state: 'detached' })
        const name = place === '/' ? 'overview' : place.slice(1).replaceAll('/', '-')
        await page.screenshot({ path: path.join(shots, `${name}-${screen}-${scheme}.png`), fullPage: true })
        const found = [
          ...(await violationsOf(page)),
          ...complaints.splice(0),
          ...((await overflowOf(page)) > 0 ? ['it is wider than the window'] : []),
          ...((await page.title()).endsWith(' · Bullpen') ? [] : ['it has no title of its own']),
        ]
        problems.push(...found.map((problem) => `${place}: ${problem}`))
      }
      expect(problems).toEqual([])
      await page.context().close()
    },
  )
})
