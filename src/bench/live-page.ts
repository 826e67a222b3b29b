import { existsSync } from 'node:fs'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { type Contest, type Figures, inTurn } from './contest.ts'
import { movePrices, reader, seedReader, startWeb } from './live-page-ours.ts'
import { quantile } from './statistics.ts'

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((file) => existsSync(file))

/** Whether this machine has the browser that the contest needs. */
export const hasChromium = executablePath !== undefined

interface Size {
  readonly positions: number
  /** Prices that change in a second. */
  readonly updates: number
  readonly seconds: number
}

/** The page of open positions while prices change, beside an empty page in the same browser. */
export function livePage({ positions, updates, seconds }: Size): Contest {
  const load = `${positions} open positions, ${updates} prices a second`
  return {
    goal: 'live-page',
    title: 'live page',
    needs: 'chromium',
    measures: [
      {
        id: 'live-page-frames',
        metric: `frames a second with ${load}; floor: an empty page`,
        goal: { of: 'ratio', bound: 'at least', value: 0.95 },
        usualFloor: [60, 60],
      },
      {
        id: 'live-page-p99',
        metric: 'p99 of the time between two frames, ms',
        goal: { of: 'ours', bound: 'at most', value: 34 },
      },
      {
        id: 'live-page-longest',
        metric: 'longest time between two frames, ms',
        goal: { of: 'ours', bound: 'at most', value: 100 },
      },
      {
        id: 'live-page-paint',
        metric:
          'first paint of that page in a browser that knows nothing yet, ms; floor: a page of plain text',
        goal: { of: 'ours', bound: 'at most', value: 1_000 },
      },
    ],
    async open(ground, closing) {
      const stores = await ground.postgres()
      await seedReader(stores.url, positions)
      const web = closing.use(await startWeb(ground.folder(), stores))
      const browser = closing.adopt(await launch(), (each) => each.close())
      const page = await openPositions(browser, web.origin, positions)
      const empty = await (await browser.newContext()).newPage()
      await empty.goto(`${web.origin}/plain.css`)
      return inTurn(
        async () => {
          await empty.bringToFront()
          const paint = await firstPaint(await browser.newContext(), `${web.origin}/plain.css`)
          return { ...(await measure(empty, seconds)), 'live-page-paint': paint }
        },
        async () => {
          await using _moving = movePrices(stores.url, updates)
          const storageState = await page.context().storageState()
          const paint = await firstPaint(await browser.newContext({ storageState }), page.url())
          await page.bringToFront()
          await page.waitForTimeout(3_000) // until the stream carries them
          return { ...(await measure(page, seconds)), 'live-page-paint': paint }
        },
      )
    },
  }
}

async function launch(): Promise<Browser> {
  const { chromium } = await import('playwright-core')
  return chromium.launch({
    ...(executablePath !== undefined && { executablePath }),
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
}

async function openPositions(browser: Browser, origin: string, positions: number): Promise<Page> {
  const page = await (await browser.newContext({ viewport: { width: 1440, height: 900 } })).newPage()
  await page.goto(`${origin}/sign-in?next=/positions`)
  await page.getByLabel('E-mail').fill(reader.email)
  await page.getByLabel('Password').fill(reader.password)
  await page.keyboard.press('Enter')
  await page.getByText(`${positions} open, worth`).waitFor()
  return page
}

/** Milliseconds until a context that has loaded nothing so far paints the first of a page; ends the context. */
async function firstPaint(context: BrowserContext, url: string): Promise<number> {
  const page = await context.newPage()
  await page.goto(url)
  const paint = await page.waitForFunction(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
  )
  const ms = (await paint.jsonValue()) ?? Number.NaN
  await context.close()
  return ms
}

/** What the page's thread comes to over a while. */
async function measure(page: Page, seconds: number): Promise<Figures> {
  const gaps = await page.evaluate(watchFrames, seconds * 1_000)
  const totalMs = gaps.reduce((sum, gap) => sum + gap, 0)
  return {
    'live-page-frames': (gaps.length / totalMs) * 1_000,
    'live-page-p99': quantile(gaps, 0.99),
    'live-page-longest': Math.max(...gaps),
  }
}

/** Runs in the page: milliseconds between frames. */
function watchFrames(durationMs: number): Promise<number[]> {
  return new Promise((resolve) => {
    const gaps: number[] = []
    const begin = performance.now()
    let before = begin
    function frame(now: number) {
      if (now > before) gaps.push(now - before)
      before = now
      if (now - begin < durationMs) requestAnimationFrame(frame)
      else resolve(gaps)
    }
    requestAnimationFrame(frame)
  })
}
