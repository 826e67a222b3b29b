import { existsSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildDashboard } from '#src/web/dashboard/build.ts'
import { beatMonitor, beatWorkers } from '../support/seed.ts'
import { password, type TestUser, type TestWeb, testRoles, testWeb } from '../support/web.ts'

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((file) => existsSync(file))
if (!executablePath) console.log('chromium is not installed: the browser half of the web tests is not run')

const screens = [
  { name: 'laptop', width: 1366, height: 900 },
  { name: 'phone', width: 390, height: 844 },
  { name: 'small-phone', width: 360, height: 740 },
] as const

describe.skipIf(!executablePath)('in a browser', () => {
  let web: TestWeb
  let browser: Browser
  let shots: string
  let monitor: NodeJS.Timeout

  beforeAll(async () => {
    web = await testWeb(await buildDashboard())
    browser = await chromium.launch({
      executablePath,
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    })
    shots = process.env.BULLPEN_SCREENSHOTS ?? (await mkdtemp(path.join(tmpdir(), 'bullpen-screens-')))
    await beatWorkers(web.database.query, testRoles)
    monitor = setInterval(() => void beatMonitor(web.database.query), 1_000)
    console.log(`screenshots are in ${shots}`)
  }, 120_000)

  afterAll(async () => {
    clearInterval(monitor)
    await browser?.close()
  })

  /** A page at a size and in a scheme, and everything it complained about. */
  async function open(screen: (typeof screens)[number], colorScheme: 'dark' | 'light') {
    const context = await browser.newContext({
      viewport: { width: screen.width, height: screen.height },
      colorScheme,
    })
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()))
        complaints.push(`${message.text()} (${message.location().url})`)
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('requestfailed', (request) => {
      // Leaving a page ends its stream; that is no failure.
      if (!request.url().endsWith('/events')) complaints.push(`${request.url()} failed`)
    })
    return { page, complaints }
  }

  async function signIn(page: Page, user: TestUser) {
    await page.goto(web.origin)
    await page.getByLabel('E-mail').fill(user.email)
    await page.getByLabel('Password').fill(password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Open positions' }).waitFor()
  }

  const shapes = screens.flatMap((screen) => [
    { screen, scheme: 'light' as const },
    { screen, scheme: 'dark' as const },
  ])

  test.each(shapes)('the overview stands on a $screen.name in the $scheme', async ({ screen, scheme }) => {
    const { page, complaints } = await open(screen, scheme)
    await page.goto(`${web.origin}/`)
    await page.screenshot({ path: path.join(shots, `sign-in-${screen.name}-${scheme}.png`) })
    expect(await violations(page)).toEqual([])
    await signIn(page, web.ada)
    await page.getByText('Live', { exact: true }).waitFor()
    await page.locator('canvas').first().waitFor()
    await page.getByText('Taken', { exact: true }).first().click()
    await page.getByText('Council').first().click()
    await page.waitForTimeout(400)
    expect(await violations(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(screen.width)
    await page.screenshot({ path: path.join(shots, `overview-${screen.name}-${scheme}-fold.png`) })
    await page.screenshot({ path: path.join(shots, `overview-${screen.name}-${scheme}.png`), fullPage: true })
    expect(complaints).toEqual([])
    await page.context().close()
  })
})

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).analyze()
  return found.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`))
}
