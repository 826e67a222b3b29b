import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keepCandles } from '#db/candles.ts'
import { buildDashboard } from '#src/web/dashboard/build.ts'
import { hasBrowser, launchBrowser, openAs, overflowOf, violationsOf } from '../support/browser.ts'
import { beatMonitor } from '../support/seed.ts'
import { type TestWeb, testWeb } from '../support/web.ts'

describe.skipIf(!hasBrowser)('positions and trades', () => {
  let web: TestWeb
  let browser: Browser
  let shots: string
  let monitor: NodeJS.Timeout

  beforeAll(async () => {
    web = await testWeb(await buildDashboard())
    browser = await launchBrowser()
    shots = process.env.BULLPEN_SCREENSHOTS ?? (await mkdtemp(path.join(tmpdir(), 'bullpen-screens-')))
    monitor = setInterval(() => void beatMonitor(web.database.query), 1_000)
    await keepMarket(web)
    await tellWhy(web)
  }, 180_000)
  afterAll(async () => {
    clearInterval(monitor)
    await browser?.close()
  })

  const bitcoin = () => web.ada.openPositionIds[0] ?? ''

  test('a trade that is not there is said to be not there', async () => {
    const { page } = await openAs(browser, web, {
      user: web.ben,
      screen: 'phone',
      scheme: 'light',
      path: `/positions/${bitcoin()}`,
    })
    await page.getByRole('alert').filter({ hasText: 'There is no position' }).waitFor()
    await page.getByRole('link', { name: 'Positions' }).first().click()
    await page.getByRole('heading', { name: 'Positions', level: 1 }).waitFor()
    await page.context().close()
  })

  test('a stop that is moved away is refused in words, and one that comes nearer is taken', async () => {
    const { page, complaints } = await openAs(browser, web, {
      user: web.ada,
      screen: 'desk',
      scheme: 'light',
      path: `/positions/${bitcoin()}`,
    })
    const stop = page.getByRole('textbox', { name: 'Stop loss' })
    await stop.fill('60000')
    await page.getByRole('button', { name: 'Save' }).press('Enter')
    await page.getByRole('region', { name: 'Adjust' }).getByRole('alert').waitFor()
    expect(await stopOf(bitcoin())).toBe(65_310)
    await stop.fill('67000')
    await page.getByRole('button', { name: 'Save' }).press('Enter')
    await page.getByText('BTC/USDT is adjusted.').waitFor()
    expect(await stopOf(bitcoin())).toBe(67_000)
    // The browser itself reports the answer 4xx that the refusal was.
    expect(complaints.filter((text) => !text.includes('the server responded with a status of 4'))).toEqual([])
    await page.context().close()
  })

  async function stopOf(id: string): Promise<number> {
    const [row] = await web.database.query<{ stop_loss: string }>(
      'select stop_loss from monitored_positions where position_id = $1',
      [id],
    )
    return Number(row?.stop_loss)
  }

  test('a position is closed after saying what that does, by keyboard alone', async () => {
    const [, ether = ''] = web.ada.openPositionIds
    const { page } = await openAs(browser, web, {
      user: web.ada,
      screen: 'phone',
      scheme: 'dark',
      path: `/positions/${ether}`,
    })
    await page.getByRole('button', { name: 'Close position' }).press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Close ETH/USDT now?' })
    await dialog.getByText('cannot be undone').waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    expect(await wishes(ether)).toBe(0)
    await page.getByRole('button', { name: 'Close position' }).press('Enter')
    await dialog.getByRole('button', { name: 'Close it' }).press('Enter')
    await page.getByText('It is being closed').waitFor()
    expect(await wishes(ether)).toBe(1)
    await page.context().close()
  })

  async function wishes(id: string): Promise<number> {
    const [row] = await web.database.query<{ count: number }>(
      'select count(*)::int as count from close_requests where position_id = $1',
      [id],
    )
    return row?.count ?? 0
  }

  test('trades are picked by side, day and reason, and exported as they are shown', async () => {
    const { page, complaints } = await openAs(browser, web, {
      user: web.ada,
      screen: 'desk',
      scheme: 'dark',
      path: '/trades',
    })
    const rows = page.getByRole('table', { name: 'Closed trades' }).locator('tbody tr')
    await rows.nth(5).waitFor()
    await page.getByLabel('Closed by').selectOption('stop_loss')
    await expectCount(rows, 1)
    expect(new URL(page.url()).search).toBe('?reason=stop_loss')
    const href = await page.getByRole('link', { name: 'Export CSV' }).getAttribute('href')
    const csv = await page.evaluate(async (url) => (await fetch(url)).text(), href ?? '')
    expect(csv.trim().split('\r\n')).toHaveLength(2)
    await page.getByLabel('Side').selectOption('short')
    await page.getByText('No trade matches').waitFor()
    await page.getByRole('button', { name: 'Show all trades' }).click()
    await expectCount(rows, 6)
    await page.getByRole('button', { name: 'Net' }).click()
    await rows.first().getByText('+24').waitFor()
    await page.getByRole('textbox', { name: 'Symbol' }).fill('btc')
    await page.keyboard.press('Enter')
    await expectCount(rows, 2)
    expect(complaints).toEqual([])
    await page.context().close()
  })

  async function expectCount(rows: ReturnType<Page['locator']>, count: number): Promise<void> {
    await expect.poll(() => rows.count(), { timeout: 20_000 }).toBe(count)
  }

  const looks = [
    { screen: 'desk', scheme: 'light' },
    { screen: 'desk', scheme: 'dark' },
    { screen: 'phone', scheme: 'light' },
    { screen: 'phone', scheme: 'dark' },
  ] as const

  test.each(looks)('every page of them stands on a $screen in the $scheme', async ({ screen, scheme }) => {
    const { page, complaints } = await openAs(browser, web, { user: web.ada, screen, scheme })
    await page
      .getByRole('link', { name: 'Positions', exact: true })
      .and(page.locator(':visible'))
      .first()
      .click()
    await page.getByRole('heading', { name: 'Positions', level: 1 }).waitFor()
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Positions')
    await look(page, `positions-${screen}-${scheme}`)

    await page.getByRole('link', { name: 'BTC/USDT' }).click()
    await page.locator('canvas').first().waitFor()
    await page.getByText('It was taken').or(page.getByText('2. The decision')).first().waitFor()
    await look(page, `position-${screen}-${scheme}`)

    await page
      .getByRole('link', { name: 'Trades', exact: true })
      .and(page.locator(':visible'))
      .first()
      .click()
    await page.getByRole('link', { name: 'SOL/USDT' }).click()
    await page.getByText('closed by: trailing stop').waitFor()
    await page.locator('canvas').first().waitFor()
    await look(page, `trade-${screen}-${scheme}`)
    await page.goBack()
    await page.getByRole('heading', { name: 'Trades', level: 1 }).waitFor()
    await look(page, `trades-${screen}-${scheme}`)
    expect(await page.title()).toBe('Trades · Bullpen')
    expect(complaints).toEqual([])
    await page.context().close()
  })

  async function look(page: Page, name: string): Promise<void> {
    await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: true })
    expect(await violationsOf(page), name).toEqual([])
    expect(await overflowOf(page), name).toBeLessThanOrEqual(0)
  }
})

/** Five-minute candles of the last day for what was held and traded. */
async function keepMarket({ database }: TestWeb): Promise<void> {
  const fiveMinutes = 300_000
  const last = Math.floor(Date.now() / fiveMinutes) * fiveMinutes - fiveMinutes
  for (const [symbol, price] of Object.entries({ 'BTC/USDT': 66_900, 'SOL/USDT': 145.5 })) {
    const candles = Array.from({ length: 288 }, (_, index) => {
      const open = price * (1 + 0.006 * Math.sin(index / 17))
      const close = price * (1 + 0.006 * Math.sin((index + 1) / 17))
      return {
        openTimeMs: last - (287 - index) * fiveMinutes,
        open,
        close,
        high: Math.max(open, close) * 1.001,
        low: Math.min(open, close) * 0.999,
        volume: 10,
      }
    })
    const place = { exchange: 'binance', market: 'spot', isPaper: true, symbol, timeframe: '5m' } as const
    await keepCandles(database.db(), place, candles)
  }
}

/** Gives Ada's first position the signal and the decision that it came from, and a stop that moved. */
async function tellWhy({ database, ada }: TestWeb): Promise<void> {
  const [position] = ada.openPositionIds
  await database.query(
    `update positions set signal_id = d.signal_id, decision_id = d.id from decisions d
     where positions.id = $1 and d.account_id = positions.account_id and d.outcome = 'taken'`,
    [position],
  )
  await database.query(
    `insert into position_reevaluations (user_id, position_id, reevaluation_type, old_sl, new_sl, reason, action_taken, market_at)
     select user_id, id, 'stop_loss', 64900, 65310, 'the 5 m close lifted the lowest low', 'tightened', now() - interval '40 minutes'
     from positions where id = $1`,
    [position],
  )
}
