import { existsSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordSignal } from '#db/signals.ts'
import { buildDashboard } from '#src/web/dashboard/build.ts'
import { beatMonitor, beatWorkers } from '../support/seed.ts'
import { password, type TestUser, type TestWeb, testQueues, testWeb } from '../support/web.ts'

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
    await beatWorkers(web.database.query, testQueues)
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
    // Attempts from one address are limited, and a quick machine makes all of these within a minute.
    await web.database.query('delete from auth."rateLimit"')
    await page.goto(web.origin)
    await page.getByLabel('E-mail').fill(user.email)
    await page.getByLabel('Password').fill(password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Open positions' }).waitFor()
  }

  test('a wrong password is said in words, and the fields stay', async () => {
    const { page } = await open(screens[0], 'light')
    await page.goto(web.origin)
    await page.getByLabel('E-mail').fill(web.ben.email)
    await page.getByLabel('Password').fill('wrong horse battery')
    await page.keyboard.press('Enter')
    await page.getByText('do not belong together').waitFor()
    expect(await page.getByLabel('E-mail').inputValue()).toBe(web.ben.email)
    await page.context().close()
  })

  test('entries are stopped and allowed again by keyboard alone', async () => {
    const { page, complaints } = await open(screens[0], 'dark')
    await signIn(page, web.ben)
    for (const { name, mode } of [
      { name: 'Stop entries', mode: 'no_entries' },
      { name: 'Allow entries', mode: 'none' },
    ]) {
      await page.getByRole('banner').getByRole('button', { name, disabled: false }).press('Enter')
      await page.getByRole('dialog').getByRole('button', { name }).press('Enter')
      await page.getByRole('dialog').waitFor({ state: 'hidden' })
      const [halt] = await web.database.query(`select mode from halts where scope = 'user' and key = $1`, [
        web.ben.id,
      ])
      expect(halt).toEqual({ mode })
      expect(await page.getByText('New entries are stopped.').count()).toBe(mode === 'none' ? 0 : 1)
    }
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('a price that moves shows by itself', async () => {
    const { page } = await open(screens[0], 'light')
    await signIn(page, web.ben)
    const { query } = web.database
    await query(`update monitored_positions set last_price = 145.5 where user_id = $1`, [web.ben.id])
    await page.getByText('145.50').first().waitFor()
    await query(`update monitored_positions set last_price = 146.82 where user_id = $1`, [web.ben.id])
    await page.context().close()
  })

  test('where the council waits it is said how each seat voted', async () => {
    const said = {
      source: 'COUNCIL_V2.0_FALLBACK',
      userId: null,
      action: 'HOLD' as const,
      confidence: 0.1,
      reasoning: '',
      price: 1,
      saidAtMs: Date.now(),
      expiresAtMs: Date.now() + 600_000,
    }
    const { query, db } = web.database
    for (const symbol of ['DOGE/USDT', 'ADA/USDT']) {
      const veto = `the market of ${symbol} fell by 6 %`
      const votes = [{ seat: 'risk', value: 0, confidence: 1, reasons: ['wild'], veto }]
      await recordSignal(db(), { ...said, symbol, details: { votes, score: 0.03 } })
    }
    for (const screen of screens) {
      const { page, complaints } = await open(screen, 'light')
      await signIn(page, web.ben)
      const panel = page.getByRole('region', { name: 'Last signals' })
      await panel.getByText('The council waits on 2 symbols').press('Enter')
      await panel.getByText('ADA', { exact: true }).click()
      await panel.getByText('Veto: the market of ADA/USDT fell by 6 %.').waitFor()
      expect(await panel.getByText('Veto: the market of DOGE').isVisible()).toBe(false)
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
      await page.screenshot({ path: path.join(shots, `holds-${screen.name}.png`), fullPage: true })
      expect(complaints).toEqual([])
      await page.context().close()
    }
    await query(`delete from trading_signals where symbol in ('DOGE/USDT', 'ADA/USDT')`)
  })

  test('Bull Board opens under its own policy', async () => {
    const { page } = await open(screens[0], 'light')
    await signIn(page, web.ada)
    await page.goto(`${web.origin}/ops/queues`)
    await page.getByText('orders-binance').first().waitFor()
    await page.context().close()
  })

  const shapes = screens.flatMap((screen) => [
    { screen, scheme: 'light' as const },
    { screen, scheme: 'dark' as const },
  ])

  test.each(shapes)('the overview stands on a $screen.name in the $scheme', async ({ screen, scheme }) => {
    const { page, complaints } = await open(screen, scheme)
    await page.goto(`${web.origin}/`)
    await page.getByLabel('E-mail').waitFor()
    await page.screenshot({ path: path.join(shots, `sign-in-${screen.name}-${scheme}.png`) })
    expect(await violations(page)).toEqual([])
    await signIn(page, web.ada)
    await page.getByText('Live', { exact: true }).waitFor()
    await page.locator('canvas').first().waitFor()
    expect(await layoutShift(page)).toBeLessThan(0.05)
    await page.getByText('Taken', { exact: true }).first().click()
    await page.getByText('Council').first().click()
    await page.waitForTimeout(400)
    expect(await violations(page)).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(screen.width)
    await page.evaluate(() => scrollTo(0, 0))
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

/** How much the page moved by itself since it was opened (cumulative layout shift). */
function layoutShift(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        let sum = 0
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) sum += (entry as unknown as { value: number }).value
        }).observe({ type: 'layout-shift', buffered: true })
        setTimeout(() => resolve(sum), 100)
      }),
  )
}
