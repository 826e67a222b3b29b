import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { equityLines } from '#src/backtest/report/equity-lines.ts'
import { reportHtml } from '#src/backtest/report/report.ts'
import { summarize } from '#src/backtest/summary/summary.ts'
import { buildDashboard } from '#src/web/dashboard/build.ts'
import { generatedRun } from '../backtest/report/generated.ts'
import { hasBrowser, launchBrowser } from '../support/browser.ts'
import { password, type TestUser, type TestWeb, testWeb } from '../support/web.ts'

vi.setConfig({ testTimeout: 240_000 })

const shapes = [
  { width: 1440, height: 900, scheme: 'dark' },
  { width: 390, height: 844, scheme: 'light' },
] as const

describe.skipIf(!hasBrowser)('in a browser', () => {
  let web: TestWeb
  let browser: Browser
  let shots: string

  beforeAll(async () => {
    web = await testWeb(await buildDashboard())
    browser = await launchBrowser()
    shots = process.env.BULLPEN_SCREENSHOTS ?? (await mkdtemp(path.join(tmpdir(), 'bullpen-screens-')))
  }, 120_000)
  afterAll(() => browser?.close())

  async function open(user: TestUser, at: string, { width, height, scheme }: (typeof shapes)[number]) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme })
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', (message) => {
      // A refused request is told by the browser, too.
      const isRefusal = /status of 400/.test(message.text())
      if (['error', 'warning'].includes(message.type()) && !isRefusal) complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    await web.database.query('delete from auth."rateLimit"')
    await page.goto(`${web.origin}/sign-in?next=${encodeURIComponent(at)}`)
    await page.getByLabel('E-mail').fill(user.email)
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.keyboard.press('Enter')
    await page.waitForURL((url) => url.pathname !== '/sign-in')
    return { page, complaints }
  }

  async function looksRight(page: Page, name: string, width: number) {
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
    await page.screenshot({ path: path.join(shots, `${name}-${width}.png`), fullPage: true })
  }

  /** What a worker would have made of a run. */
  async function finish(seed: number) {
    const { run, charts } = generatedRun({ symbols: ['BTC/USDT', 'ETH/USDT'], days: 20, trades: 150, seed })
    const summary = summarize(run)
    const told = { run, summary, charts, quote: 'USDT' }
    await web.database.query(
      `update backtests set state = 'done', ended_at = now(), progress = 1, doing = null, lease_until = null, claimed_by = null,
         summary = $1, curve = $2, trades = $3, page = $4, notes = '{"Known before one believes it."}'
       where id = (select id from backtests where state in ('queued', 'running') order by created_at limit 1)`,
      [
        JSON.stringify(summary),
        JSON.stringify(equityLines(told)),
        JSON.stringify(run.trades),
        gzipSync(reportHtml(run, summary, charts)),
      ],
    )
    return summary
  }

  test.each(shapes)('a run is asked for, followed, read and compared at $width', async (shape) => {
    await web.database.query('delete from backtests')
    const { page, complaints } = await open(web.ben, '/backtests', shape)
    await page.getByText('No backtest yet').waitFor()
    await page.getByText('Capital, costs, settings to try').click()
    await page.getByLabel('Settings to try').fill('{"risk_level": 11}')
    await page.getByRole('button', { name: 'Run', exact: true }).click()
    await page.getByText('settings.risk_level:').waitFor()
    expect(await page.getByLabel('Settings to try').getAttribute('aria-invalid')).toBe('true')
    await page.getByLabel('Settings to try').fill('{"risk_level": 4}')
    for (const name of ['first', 'second']) {
      await page.getByLabel('Name').fill(name)
      await page.getByRole('button', { name: 'Run', exact: true }).press('Enter')
      await page.getByRole('link', { name, exact: true }).waitFor()
    }
    await web.database.query(
      `update backtests set state = 'running', claims = 1, claimed_by = 'w', lease_until = now() + interval '1 hour',
         progress = 0.42, doing = 'at 2026-01-02' where name = 'first'`,
    )
    await page.getByText('42 %, at 2026-01-02').waitFor()
    await looksRight(page, 'backtests', shape.width)
    const summary = await finish(7)
    await finish(8)
    await page.getByText('Done').nth(1).waitFor()
    await page.getByRole('link', { name: 'first', exact: true }).click()
    await page.getByRole('heading', { name: 'first', level: 1 }).waitFor()
    await page.getByText('Known before one believes it.').waitFor()
    await page.locator('canvas').first().waitFor()
    await page.getByText(`100 of ${summary.trades}`).waitFor()
    await page.getByRole('button', { name: 'Show more' }).click()
    await page.getByText(String(summary.trades), { exact: true }).first().waitFor()
    await page.getByRole('tab', { name: 'By exit' }).click()
    await looksRight(page, 'backtest', shape.width)
    await page.goBack()
    for (const name of ['first', 'second']) await page.getByLabel(`Compare ${name}`).check()
    await page.getByRole('link', { name: 'Compare 2' }).click()
    await page.getByRole('rowheader', { name: /Profit factor/ }).waitFor()
    await page.locator('canvas').first().waitFor()
    await looksRight(page, 'compare', shape.width)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  test.each(shapes)(
    'an administrator sees the cluster, stops a user and reads of it at $width',
    async (shape) => {
      await web.database.query(`update halts set mode = 'none', reason = null, set_by = null`)
      const { page, complaints } = await open(web.ada, '/admin/operations', shape)
      await page.getByRole('region', { name: 'Queues', exact: true }).getByText('exits-binance').waitFor()
      await looksRight(page, 'operations', shape.width)
      await page.goto(`${web.origin}/admin/halts`)
      await page.getByText('No halt is in force').waitFor()
      await page.getByLabel('For', { exact: true }).selectOption('user')
      await page.getByLabel('A user', { exact: true }).selectOption({ label: web.ben.email })
      await page.getByLabel('Why', { exact: true }).fill('a reason to be found')
      await page.getByRole('button', { name: 'Stop entries' }).last().press('Enter')
      await page.getByText(`user ${web.ben.email}`, { exact: true }).waitFor()
      await looksRight(page, 'halts', shape.width)
      await page.getByRole('button', { name: /^Lift/ }).click()
      await page.getByRole('dialog').getByRole('button', { name: 'Lift the halt' }).click()
      await page.getByText('No halt is in force').waitFor()
      await page.goto(`${web.origin}/admin/audit`)
      await page.getByRole('searchbox', { name: 'Search' }).fill('reason to be found')
      await page.keyboard.press('Enter')
      await page.getByText('halt.set').last().waitFor()
      await looksRight(page, 'audit', shape.width)
      expect(complaints).toEqual([])
      await page.context().close()
    },
  )

  test('whoever is no administrator is told so', async () => {
    const { page } = await open(web.ben, '/admin/halts', shapes[0])
    await page.getByText('This is for administrators.').waitFor()
    await page.context().close()
  })
})
