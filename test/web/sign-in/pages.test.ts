import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import AxeBuilder from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildDashboard } from '#src/web/dashboard/build.ts'
import { openPaths, pagePaths } from '#src/web/paths.ts'
import { codeOf, secretIn } from '../../support/authenticator.ts'
import { hasBrowser, launchBrowser } from '../../support/browser.ts'
import { letProofsAge, Visitor, visitorIn } from '../../support/visitor.ts'
import { password, type TestWeb, testWeb } from '../../support/web.ts'

const screens = [
  { name: 'laptop-light', width: 1440, height: 900, scheme: 'light' },
  { name: 'phone-dark', width: 390, height: 844, scheme: 'dark' },
] as const

let web: TestWeb

beforeAll(async () => {
  web = await testWeb(hasBrowser ? await buildDashboard() : undefined)
}, 180_000)

test('no page may run what is inline or from elsewhere, be framed, or be kept', async () => {
  const ada = await visitorIn(web, web.ada)
  for (const each of [...pagePaths, ...openPaths.filter((page) => page !== '/sign-in')]) {
    const { headers, status } = await ada.ask('GET', each.replace(':id', web.ada.id))
    expect([200, 503], each).toContain(status)
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy, each).toMatch(/default-src 'none';script-src 'self';style-src 'self'/)
    expect(policy, each).toContain(`frame-ancestors 'none'`)
    expect(policy, each).not.toContain('unsafe')
    expect(headers.get('cache-control'), each).toBe('no-store')
    expect(headers.get('x-content-type-options'), each).toBe('nosniff')
    expect(headers.get('referrer-policy'), each).toBe('same-origin')
  }
})

test('strangers are led to the sign-in from every page but those for them, and back again', async () => {
  for (const each of pagePaths) {
    const { status, headers } = await new Visitor(web).ask('GET', each)
    expect(status, each).toBe(302)
    expect(headers.get('location'), each).toMatch(/^\/sign-in/)
  }
})

describe.skipIf(!hasBrowser)('in a browser', () => {
  let browser: Browser
  let shots: string

  beforeAll(async () => {
    browser = await launchBrowser()
    shots = process.env.BULLPEN_SCREENSHOTS ?? (await mkdtemp(path.join(tmpdir(), 'bullpen-screens-')))
  }, 120_000)

  afterAll(() => browser?.close())

  async function open({ width, height, scheme }: (typeof screens)[number]) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme })
    context.setDefaultTimeout(60_000)
    const page = await context.newPage()
    const complaints: string[] = []
    page.on('console', (message) => {
      // That a request was refused is said on the page; the browser says it once more.
      if (['error', 'warning'].includes(message.type()) && !/status of 4\d\d/.test(message.text()))
        complaints.push(message.text())
    })
    page.on('pageerror', (error) => complaints.push(error.message))
    return { page, complaints, close: () => context.close() }
  }

  /** Looks at a page: nothing is wider than the screen, and a screen reader finds its way. */
  async function look(page: Page, name: string) {
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(
      violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`)),
    ).toEqual([])
    const [inner, whole] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth])
    expect(whole).toBeLessThanOrEqual(inner ?? 0)
    // A dialog stands in the middle of the screen, not of the page.
    const isAsking = (await page.locator('dialog[open]').count()) > 0
    await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage: !isAsking })
  }

  /** Attempts come from one address here, and are limited. */
  async function forgetAttempts() {
    for (const table of ['auth."rateLimit"', 'rate_limits', 'sign_in_failures'])
      await web.database.query(`delete from ${table}`)
  }

  test.each(screens)(
    'somebody is invited, comes in, sets up a second factor and a token ($name)',
    async (screen) => {
      const email = `${screen.name}@example.test`
      const ada = await visitorIn(web, web.ada)
      const { body } = await ada.api<{ path: string }>('POST', '/invitations', { email })
      const { page, complaints, close } = await open(screen)
      await forgetAttempts()

      await page.goto(`${web.origin}/invitation#nothing`)
      await page.getByText('used up').waitFor()
      await look(page, `dead-link-${screen.name}`)
      await page.goto('about:blank')
      await page.goto(`${web.origin}${body.path}`)
      await page.getByLabel('Name').fill('Cleo')
      await page.getByLabel('Password', { exact: true }).fill('password1234')
      await page.getByRole('button', { name: 'Come in' }).click()
      await page.getByText('first that are guessed').waitFor()
      await look(page, `invitation-${screen.name}`)
      await page.getByLabel('Password', { exact: true }).fill(password)
      await page.getByRole('button', { name: 'Come in' }).click()
      await page.getByRole('banner').waitFor()

      await page.goto(`${web.origin}/security`)
      await page.getByText('this one').waitFor()
      await look(page, `security-${screen.name}`)
      await page.getByRole('button', { name: 'Switch on' }).click()
      await page.getByLabel('Your password', { exact: true }).fill(password)
      await page.getByRole('button', { name: 'Go on' }).click()
      const uri = await page.getByRole('link', { name: 'open it in the app' }).getAttribute('href')
      const secret = secretIn(uri ?? '')
      await look(page, `enrol-${screen.name}`)
      await page.getByLabel('2. Enter the code').fill(codeOf(secret))
      await page.getByRole('button', { name: 'Switch it on' }).click()
      await page.getByText('never again').waitFor()
      await look(page, `backup-codes-${screen.name}`)
      await page.getByRole('button', { name: 'I have kept them' }).click()
      await page.getByRole('button', { name: 'New backup codes' }).waitFor()

      await letProofsAge(web)
      await page.getByLabel('Name', { exact: true }).last().fill('report')
      await page.getByRole('button', { name: 'Make it' }).click()
      await page.getByText('Is it you?').waitFor()
      await look(page, `step-up-${screen.name}`)
      await web.database.query(`delete from rate_limits where key like 'code %'`)
      await page.getByLabel('Code', { exact: true }).fill(codeOf(secret))
      await page.getByRole('button', { name: 'It is me' }).click()
      await page.getByText('it is shown once').waitFor()
      expect(await page.getByLabel('Token report').inputValue()).toMatch(/^bp_[\w-]{43}$/)
      await look(page, `token-${screen.name}`)

      await page.getByLabel('Your menu').click()
      await page.getByRole('button', { name: 'Sign out', exact: true }).last().click()
      await page.getByRole('heading', { name: 'Sign in' }).waitFor()
      await forgetAttempts()
      await page.getByLabel('E-mail').fill(email)
      await page.getByLabel('Password').fill(password)
      await page.keyboard.press('Enter')
      await page.getByText('six digits').waitFor()
      await look(page, `code-${screen.name}`)
      await page.getByLabel('Code').fill('000000')
      await page.keyboard.press('Enter')
      await page.getByText('not right').waitFor()
      await page.getByLabel('Code').fill(codeOf(secret))
      await page.keyboard.press('Enter')
      await page.getByRole('banner').waitFor()
      expect(complaints).toEqual([])
      await close()
    },
    300_000,
  )

  test.each(screens)(
    'who signs up where nobody may, or asks for a mail where none is sent, is told the way ($name)',
    async (screen) => {
      const { page, complaints, close } = await open(screen)
      await forgetAttempts()
      await page.goto(`${web.origin}/sign-up`)
      await page.getByLabel('Name').fill('Eve')
      await page.getByLabel('E-mail').fill('eve@example.test')
      await page.getByLabel('Password', { exact: true }).fill(password)
      await page.getByLabel('Show it').check()
      await page.getByRole('button', { name: 'Make an account' }).click()
      await page
        .getByText('New users come by invitation here. Ask whoever runs this Bullpen for one.')
        .waitFor()
      await look(page, `sign-up-${screen.name}`)
      await page.goto(`${web.origin}/forgot-password`)
      await page.getByLabel('E-mail').fill('eve@example.test')
      await page.getByRole('button', { name: 'Send the link' }).click()
      await page.getByText('This Bullpen sends no mails. Ask whoever runs it for a link.').waitFor()
      await look(page, `forgot-password-${screen.name}`)
      expect(complaints).toEqual([])
      await close()
    },
    300_000,
  )

  test.each(screens)(
    'an administrator sees users, invites one, and hands out a link ($name)',
    async (screen) => {
      const { page, complaints, close } = await open(screen)
      await forgetAttempts()
      await page.goto(`${web.origin}/admin/users`)
      await page.getByLabel('E-mail').fill(web.ada.email)
      await page.getByLabel('Password').fill(password)
      await look(page, `sign-in-${screen.name}`)
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: 'Users', level: 1 }).waitFor()
      const email = `new-${screen.name}@example.test`
      await page.getByLabel('E-mail').fill(email)
      await page.getByRole('button', { name: 'Invite', exact: true }).click()
      const link = await page.getByLabel('Link of the invitation').inputValue()
      expect(link).toMatch(new RegExp(`^${web.origin}/invitation#`))
      await look(page, `users-${screen.name}`)
      const ben = page.getByRole('listitem').filter({ hasText: web.ben.email })
      await ben.getByRole('button', { name: 'Link for a new password' }).click()
      await page.getByRole('button', { name: 'Make the link' }).click()
      const reset = await page.getByLabel('Link to choose a new password').inputValue()

      const stranger = await open(screen)
      await stranger.page.goto(reset)
      await stranger.page.getByLabel('New password').fill(password)
      await look(stranger.page, `reset-${screen.name}`)
      await stranger.page.getByRole('button', { name: 'Change it' }).click()
      await stranger.page.getByText('Your password is changed').waitFor()
      expect([...complaints, ...stranger.complaints]).toEqual([])
      await stranger.close()
      await close()
    },
    300_000,
  )
})
