import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { reportHtml } from '#src/backtest/report/report.ts'
import { summarize } from '#src/backtest/summary/summary.ts'
import { hasBrowser, launchBrowser } from '../../support/browser.ts'
import { run } from '../summary/build.ts'
import { generatedRun } from './generated.ts'

const screens = [
  { name: 'laptop', width: 1366, height: 900 },
  { name: 'phone', width: 390, height: 844 },
] as const

describe.skipIf(!hasBrowser)('the report in a browser', { timeout: 120_000 }, () => {
  let browser: Browser
  let folder: string

  beforeAll(async () => {
    browser = await launchBrowser()
    folder = process.env.BULLPEN_SCREENSHOTS ?? (await mkdtemp(path.join(tmpdir(), 'bullpen-report-')))
    const { run: made, charts } = generatedRun({
      symbols: ['BTC/USDT', 'ETH/USDT', 'DOGE/USDT'],
      days: 120,
      trades: 240,
    })
    await writeFile(path.join(folder, 'report.html'), reportHtml(made, summarize(made), charts))
    const empty = run()
    await writeFile(path.join(folder, 'empty.html'), reportHtml(empty, summarize(empty)))
    console.log(`reports and screenshots are in ${folder}`)
  }, 60_000)

  afterAll(async () => {
    await browser?.close()
  })

  async function open(file: string, screen: (typeof screens)[number], colorScheme: 'dark' | 'light') {
    const { width, height } = screen
    const context = await browser.newContext({ viewport: { width, height }, colorScheme })
    const page = await context.newPage()
    const complaints: string[] = []
    const requests: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('request', (request) => requests.push(request.url()))
    const url = pathToFileURL(path.join(folder, file)).href
    await page.goto(url)
    return { page, complaints, requests: () => requests.filter((each) => each !== url && each !== 'data:,') }
  }

  const shapes = screens.flatMap((screen) => [
    { screen, scheme: 'light' as const },
    { screen, scheme: 'dark' as const },
  ])

  test.each(shapes)(
    'it stands on a $screen.name in the $scheme and asks nobody for anything',
    async ({ screen, scheme }) => {
      const { page, complaints, requests } = await open('report.html', screen, scheme)
      await page.locator('#price-chart canvas').first().waitFor()
      expect(await violations(page)).toEqual([])
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
        screen.width,
      )
      await page.screenshot({
        path: path.join(folder, `report-${screen.name}-${scheme}.png`),
        fullPage: true,
      })
      expect(complaints).toEqual([])
      expect(requests()).toEqual([])
      await page.context().close()
    },
  )

  test('a run without a trade and without candles stands as well', async () => {
    const { page, complaints } = await open('empty.html', screens[1], 'light')
    await page.getByRole('heading', { name: 'smart-entry did not trade' }).waitFor()
    expect(await violations(page)).toEqual([])
    expect(await page.getByText(/NaN|Infinity|undefined|null/).count()).toBe(0)
    await page.screenshot({ path: path.join(folder, 'empty.png'), fullPage: true })
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('a trade opens in the chart by keyboard, and the next one of its symbol follows', async () => {
    const { page, complaints } = await open('report.html', screens[0], 'dark')
    const told = page.locator('#price-chart .told')
    await told.getByText('BTC/USDT: 80 trades').waitFor()
    await page.getByRole('button', { name: 'Show trade 3,' }).press('Enter')
    await told.getByText(/^Trade 3: .* A candle is 5 min\.$/).waitFor()
    await page.screenshot({ path: path.join(folder, 'trade.png') })
    const symbol = (await told.textContent())?.match(/\w+\/\w+/)?.[0]
    await page.getByRole('button', { name: 'Trade ›' }).press('Enter')
    expect(await told.textContent()).toMatch(new RegExp(`^Trade (?!3:)\\d+: ${symbol}`))
    await page.getByRole('combobox').selectOption({ label: 'ETH/USDT (80)' })
    await told.getByText('ETH/USDT: 80 trades, a candle is 4 h').waitFor()
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test('the trades sort by the column one clicks, back and forth, and all of them come when asked for', async () => {
    const { page } = await open('report.html', screens[0], 'light')
    const rows = page.locator('#trade-rows tbody tr:visible')
    expect(await rows.count()).toBe(50)
    const profits = () =>
      page
        .locator('#trade-rows tbody tr:visible td:nth-child(4)')
        .evaluateAll((cells) => cells.map((cell) => Number(cell.getAttribute('data-by'))))
    await page.getByRole('button', { name: 'Profit', exact: true }).click()
    expect(await profits()).toEqual((await profits()).toSorted((a, b) => a - b))
    await page.getByRole('button', { name: 'Profit', exact: true }).press('Enter')
    const best = await profits()
    expect(best).toEqual(best.toSorted((a, b) => b - a))
    expect(best[0]).toBeGreaterThan(0)
    await page.getByRole('button', { name: 'Show all 240 trades' }).click()
    expect(await rows.count()).toBe(240)
    await page.context().close()
  })

  test('the equity curve reads itself out under the pointer and by arrow keys', async () => {
    const { page } = await open('report.html', screens[0], 'light')
    const curve = page.getByRole('slider')
    await curve.press('Home')
    expect(await curve.getAttribute('aria-valuetext')).toBe(
      '2025-01-01 00:00 UTC: account 10,000.00, 0.00 % from its peak',
    )
    await curve.press('ArrowRight')
    expect(await curve.getAttribute('aria-valuetext')).toMatch(/^2025-01-01 06:00 UTC: account /)
    await curve.hover({ position: { x: 400, y: 60 } })
    expect(await page.locator('#equity-plot time').textContent()).toMatch(/^2025-0\d-\d\d \d\d:00 UTC$/)
    await page.context().close()
  })

  test('without buy and hold the account has a scale of its own', async () => {
    const { page } = await open('report.html', screens[0], 'dark')
    const beside = page.getByLabel('Buy and hold')
    expect(await beside.isChecked()).toBe(true)
    expect(await page.locator('.pane.tall:visible .hold').getAttribute('d')).toMatch(/^M0\.0 /)
    await beside.press('Space')
    expect(await page.locator('.pane.tall:visible .hold').getAttribute('d')).toBe('')
    expect(await page.locator('.pane.tall:visible').count()).toBe(1)
    await page.context().close()
  })

  test('on paper it is light, and its controls are gone', async () => {
    const { page } = await open('report.html', screens[0], 'dark')
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
      'rgb(255, 255, 255)',
    )
    expect(await page.getByRole('button', { name: 'Trade ›' }).isVisible()).toBe(false)
    const pdf = await page.pdf({ path: path.join(folder, 'report.pdf'), format: 'A4', printBackground: true })
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-')
    await page.context().close()
  })
})

/** Rows of the trades that are made as the first ones are: looking at each of them again takes most of the time. */
const alike = '#trade-rows tbody tr:nth-child(n + 6)'

async function violations(page: Page): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).exclude(alike).analyze()
  return found.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary?.slice(0, 200)}`),
  )
}
