import { AxeBuilder } from '@axe-core/playwright'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { saveSettings } from '#db/trading-settings.ts'
import { buildDashboard } from '#src/web/dashboard/build.ts'
import { hasBrowser, launchBrowser } from '../support/browser.ts'
import { password, type TestWeb, testWeb } from '../support/web.ts'

describe.skipIf(!hasBrowser)('the pages of accounts, settings and signals', () => {
  let web: TestWeb
  let browser: Browser

  beforeAll(async () => {
    web = await testWeb(await buildDashboard())
    // What is set here can be inherited again.
    await saveSettings(web.database.db(), web.ben.id, null, { risk_level: 4, sources: ['smart_entry'] })
    browser = await launchBrowser()
  }, 300_000)
  afterAll(() => browser?.close())

  test.each([
    { width: 390, colorScheme: 'light' },
    { width: 1440, colorScheme: 'dark' },
  ] as const)(
    'can be used by everybody at $width px, $colorScheme, and complain of nothing',
    async ({ width, colorScheme }) => {
      await web.database.query('delete from auth."rateLimit"')
      const context = await browser.newContext({ viewport: { width, height: 844 }, colorScheme })
      const page = await context.newPage()
      page.setDefaultTimeout(60_000)
      const complaints: string[] = []
      page.on('pageerror', (error) => complaints.push(error.message))
      await page.goto(web.origin)
      await page.getByLabel('E-mail').fill(web.ben.email)
      await page.getByLabel('Password').fill(password)
      await page.keyboard.press('Enter')
      await page.locator('#content').waitFor()
      for (const [path, text] of [
        ['/accounts', 'Paper futures'],
        ['/accounts/new', 'Make the account'],
        ['/settings', 'Risk per trade'],
        ['/signals', 'Smart entry'],
        ['/start', 'The account is there'],
      ] as const) {
        await page.goto(`${web.origin}${path}`)
        await page.locator('#content').getByText(text).first().waitFor()
        const { violations } = await new AxeBuilder({ page }).analyze()
        expect(violations.map(({ id, nodes }) => `${path} ${id}: ${nodes[0]?.html}`)).toEqual([])
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
        expect({ path, overflow }).toEqual({ path, overflow: 0 })
      }
      expect(complaints).toEqual([])
      await context.close()
    },
    300_000,
  )
})
