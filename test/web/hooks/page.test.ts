import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { takeDeliveries } from '#src/signals/deliveries.ts'
import { buildDashboard } from '#src/web/dashboard/build.ts'
import { hasBrowser, launchBrowser } from '../../support/browser.ts'
import { password, type TestUser, type TestWeb, testWeb } from '../../support/web.ts'

describe.skipIf(!hasBrowser)('the page of webhooks', () => {
  let web: TestWeb
  let browser: Browser
  let shots: string

  beforeAll(async () => {
    web = await testWeb(await buildDashboard())
    browser = await launchBrowser()
    shots = process.env.BULLPEN_SCREENSHOTS ?? (await mkdtemp(path.join(tmpdir(), 'bullpen-screens-')))
  }, 120_000)
  afterAll(() => browser?.close())

  async function open(
    user: TestUser,
    viewport: { width: number; height: number },
    colorScheme: 'dark' | 'light',
  ) {
    const context = await browser.newContext({ viewport, colorScheme })
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(`${web.origin}/sign-in?next=/webhooks`)
    await page.getByLabel('E-mail').fill(user.email)
    await page.getByLabel('Password').fill(password)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Make a webhook' }).waitFor()
    return { page, complaints }
  }

  const hasNoScrollbar = (page: Page) =>
    page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth)

  test('makes one by keyboard, shows its address once, and what came there with the reason', async () => {
    const { page, complaints } = await open(web.ben, { width: 1366, height: 900 }, 'light')
    await page.getByText('No webhook yet').waitFor()
    expect(await page.getByText('for every user').count()).toBe(0)
    await page.getByRole('textbox', { name: 'Name' }).fill('my-chart')
    await page.keyboard.press('Enter')
    const address = await page.getByLabel('Address').inputValue()
    expect(address).toMatch(new RegExp(`^${web.origin}/hooks/signals/[\\w-]{43}$`))
    const post = (body: string) => fetch(address, { method: 'POST', body })
    const time = new Date().toISOString()
    expect((await post(JSON.stringify({ symbol: 'BTCUSDT', action: 'buy', time }))).status).toBe(202)
    expect((await post('<b>buy</b>')).status).toBe(400)
    const market = { symbols: async () => ['BTC/USDT'], prices: async () => new Map([['BTC/USDT', 67_000]]) }
    await takeDeliveries(web.database.db(), market, { marketNow: Date.now, leastLifeMs: 0 })
    await page.getByText('It is a signal since 67,000.00.').waitFor()
    await page.getByText('the body is not JSON').click()
    await page.getByText('<b>buy</b>').waitFor()
    await page.screenshot({ path: path.join(shots, 'webhooks-laptop.png'), fullPage: true })
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
    await page.reload()
    await page.getByText('my-chart').first().waitFor()
    expect(await page.getByLabel('Address').count()).toBe(0)
    await page.getByRole('button', { name: 'Remove my-chart' }).press('Enter')
    await page.getByRole('button', { name: 'Remove my-chart for good' }).press('Enter')
    await page.getByText('No webhook yet').waitFor()
    expect((await post('x')).status).toBe(404)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('fits a phone, and an administrator may speak to everyone', async () => {
    const { page, complaints } = await open(web.ada, { width: 390, height: 844 }, 'dark')
    await page.getByRole('textbox', { name: 'Name' }).fill('desk')
    await page.getByLabel('A program').check()
    await page.getByLabel(/for every user/).check()
    await page.getByRole('button', { name: 'Make it' }).click()
    expect(await page.getByLabel('Secret for signatures').inputValue()).toMatch(/^whsec_/)
    await page.getByText('for everyone', { exact: true }).waitFor()
    expect(await hasNoScrollbar(page)).toBe(true)
    await page.screenshot({ path: path.join(shots, 'webhooks-phone.png'), fullPage: true })
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
    expect(complaints).toEqual([])
    await page.context().close()
  })
})
