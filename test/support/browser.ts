import { existsSync } from 'node:fs'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, chromium, type Page } from 'playwright-core'
import { password, type TestUser, type TestWeb } from './web.ts'

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((file) => existsSync(file))

/** Whether this machine has a Chromium; where it has none, the run says so once per file. */
export const hasBrowser = executablePath !== undefined
if (!hasBrowser) console.log('chromium is not installed: the browser half of these tests is not run')

/** A headless Chromium; whoever launches it closes it. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    ...(executablePath !== undefined && { executablePath }),
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
}

/** Screens that the dashboard is looked at on. */
export const screens = {
  desk: { width: 1440, height: 900 },
  phone: { width: 390, height: 844 },
} as const

/** A page signed in as a user, and everything it complained about: console errors, exceptions, requests that failed. */
export async function openAs(
  browser: Browser,
  web: Pick<TestWeb, 'origin' | 'database'>,
  { user, screen, scheme, path = '/' }: Visit,
): Promise<{ page: Page; complaints: string[] }> {
  const context = await browser.newContext({ viewport: screens[screen], colorScheme: scheme })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('requestfailed', (request) => {
    const { errorText } = request.failure() ?? { errorText: '' }
    // Leaving a page ends what it asked for; that is no failure.
    if (errorText !== 'net::ERR_ABORTED') complaints.push(`${request.url()} failed: ${errorText}`)
  })
  // Attempts from one address are limited, and a quick machine makes all of a file's within a minute.
  await web.database.query('delete from auth."rateLimit"')
  await page.goto(`${web.origin}/sign-in?next=${encodeURIComponent(path)}`)
  await page.getByLabel('E-mail').fill(user.email)
  await page.getByLabel('Password').fill(password)
  await page.keyboard.press('Enter')
  await page.getByRole('banner').waitFor()
  return { page, complaints }
}

interface Visit {
  readonly user: Pick<TestUser, 'email'>
  readonly screen: keyof typeof screens
  readonly scheme: 'light' | 'dark'
  /** Where to go after signing in. */
  readonly path?: string
}

/** What keeps people from using the page as it stands, by the rules of axe. */
export async function violationsOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 160)}`))
}

/** Pixels by which the page is wider than its window. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
}
