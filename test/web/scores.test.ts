import { existsSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium } from 'playwright-core'
import { beforeAll, describe, expect, test } from 'vitest'
import { recordScore, unscoredSignals } from '#db/signal-scores.ts'
import { recordSignal } from '#db/signals.ts'
import { getScores } from '#src/web/api/scores.ts'
import { buildDashboard } from '#src/web/dashboard/build.ts'
import { password, type TestWeb, testWeb } from '../support/web.ts'

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((file) => existsSync(file))
if (!executablePath) console.log('chromium is not installed: the page of the scores is not looked at')

const hourMs = 3_600_000
const nowMs = Math.floor(Date.now() / hourMs) * hourMs
const symbols = ['BTC/USDT', 'ETH/USDT', 'SOL/USDT']

let web: TestWeb
beforeAll(async () => {
  web = await testWeb(executablePath && (await buildDashboard()))
  const db = web.database.db('bullpen_worker')
  await web.database.query('delete from signal_scores')
  await web.database.query('update trading_signals set ended_at = expires_at where ended_at is null')
  // A signal of each source every hour: one source is right the surer it is, the other has nothing to it.
  for (let i = 0; i < 120; i++) {
    const confidence = 0.35 + (i % 5) * 0.1
    const saidAtMs = nowMs - (i + 7) * hourMs
    for (const [source, isHit] of [
      ['smart_entry', i % 5 > 2 || i % 2 === 0],
      ['COUNCIL_V2.0_FALLBACK', i % 3 === 0],
    ] as const) {
      const symbol = symbols[i % 3] ?? ''
      const said = { source, symbol, userId: null, reasoning: '', details: {}, price: 100, saidAtMs } as const
      const expiresAtMs = saidAtMs + 60_000
      const first = await recordSignal(db, { ...said, action: 'BUY', confidence, expiresAtMs })
      expect(first.isNew).toBe(true)
      // What it is renewed with is not what it is judged by.
      await recordSignal(db, { ...said, action: 'BUY', confidence: 0.95, expiresAtMs })
      await db
        .updateTable('trading_signals')
        .set({ ended_at: new Date(expiresAtMs) })
        .where('id', '=', first.id)
        .execute()
      const signal = {
        ...said,
        id: first.id,
        action: 'BUY',
        stopLoss: null,
        takeProfit: null,
        createdAtMs: saidAtMs,
      } as const
      await recordScore(db, signal, { isHit, move: isHit ? 0.01 : -0.004, scoredAtMs: nowMs })
    }
  }
  const own = {
    source: 'webhook',
    symbol: 'BTC/USDT',
    userId: web.ada.id,
    action: 'BUY',
    confidence: 0.8,
  } as const
  const saidAtMs = nowMs - 9 * hourMs
  const hers = await recordSignal(db, {
    ...own,
    reasoning: '',
    details: {},
    price: 1,
    saidAtMs,
    expiresAtMs: nowMs,
  })
  const signal = { ...own, id: hers.id, price: 1, stopLoss: null, takeProfit: null, createdAtMs: saidAtMs }
  await recordScore(db, signal, { isHit: true, move: 0.5, scoredAtMs: nowMs })
  expect(await unscoredSignals(db, nowMs - 6 * hourMs, 500)).not.toContainEqual(
    expect.objectContaining({ id: hers.id }),
  )
})

async function scoresFor(user: TestWeb['ada'], query = '') {
  const headers = { cookie: await web.signIn(user) }
  const response = await fetch(`${web.origin}/api/v1/scores${query}`, { headers })
  return { status: response.status, body: await response.json() }
}

describe('the scores', () => {
  test('say per source, symbol, hour and confidence how often it was right and what it brought', async () => {
    const { sources } = getScores.answer.parse((await scoresFor(web.ben)).body)
    expect(sources.map(({ source, meaning }) => [source, meaning])).toEqual([
      ['COUNCIL_V2.0_FALLBACK', 'none'],
      ['smart_entry', 'more'],
    ])
    const [council, smart] = sources
    expect(council).toMatchObject({ samples: 120, hits: 40 })
    expect(council?.hitRate).toBeCloseTo(1 / 3, 12)
    expect(council?.meanMove).toBeCloseTo((0.01 - 2 * 0.004) / 3, 12)
    expect(council?.profit).toBeCloseTo((0.01 - 2 * 0.004) / 3 - 0.002, 12)
    expect(council?.baseBrier).toBeCloseTo(2 / 9, 12)
    expect(smart?.tenths.map(({ from, samples, hits }) => [from, samples, hits])).toEqual([
      [0.3, 24, 12],
      [0.4, 24, 12],
      [0.5, 24, 12],
      [0.6, 24, 24],
      [0.7, 24, 24],
    ])
    const brier = smart?.tenths[3]?.brier
    expect(brier).toBeCloseTo((0.65 - 1) ** 2, 12)
    for (const source of sources)
      for (const groups of [source.tenths, source.symbols, source.hours]) {
        expect(groups.reduce((sum, { samples }) => sum + samples, 0)).toBe(source.samples)
        expect(groups.reduce((sum, { hits }) => sum + hits, 0)).toBe(source.hits)
      }
    expect(smart?.symbols.map(({ symbol }) => symbol)).toEqual(symbols)
    expect(smart?.hours).toHaveLength(24)
  })

  test('count what a user may see, and the days that were asked for', async () => {
    const hers = getScores.answer.parse((await scoresFor(web.ada)).body)
    expect(hers.sources.map(({ source }) => source)).toContain('webhook')
    expect(hers.sources.find(({ source }) => source === 'webhook')).toMatchObject({
      samples: 1,
      meaning: 'unknown',
    })
    const day = getScores.answer.parse((await scoresFor(web.ben, '?days=1')).body)
    expect(day.sources.map(({ samples }) => samples)).toEqual([17, 17])
    expect((await scoresFor(web.ben, '?days=0')).status).toBe(400)
    expect((await scoresFor(web.ben, '?since=yesterday')).status).toBe(400)
  })
})

describe.skipIf(!executablePath)('its page', () => {
  test.each([
    ['laptop', 1366, 'dark'],
    ['phone', 390, 'light'],
  ] as const)('on a %s tells whether confidence means anything', async (name, width, colorScheme) => {
    const browser = await chromium.launch({
      executablePath,
      args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    })
    try {
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme })
      const page = await context.newPage()
      const complaints: string[] = []
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
      })
      page.on('pageerror', (error) => complaints.push(error.message))
      await page.goto(web.origin)
      await page.getByLabel('E-mail').fill(web.ben.email)
      await page.getByLabel('Password').fill(password)
      await page.keyboard.press('Enter')
      await page.getByRole('link', { name: 'How they did' }).click()
      await page.getByRole('heading', { name: 'Smart entry' }).waitFor()
      await page.getByText('The surer it was, the more often it was right.').waitFor()
      await page.getByText('By symbol').first().click()
      await page
        .getByRole('row', { name: /BTC\/USDT/ })
        .first()
        .waitFor()
      const shots =
        process.env.BULLPEN_SCREENSHOTS ?? (await mkdtemp(path.join(tmpdir(), 'bullpen-screens-')))
      await page.screenshot({ path: path.join(shots, `scores-${name}.png`), fullPage: true })
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      expect(overflow).toBeLessThanOrEqual(0)
      expect(complaints).toEqual([])
    } finally {
      await browser.close()
    }
  })
})
