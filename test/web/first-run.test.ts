import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasBrowser, launchBrowser } from '../support/browser.ts'
import { temporaryHome } from '../support/home.ts'
import { type Program, runNode } from '../support/program.ts'

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

/** Somebody who has just been given a sign-in, at the real cluster: database, queue, simulator, workers, web. */
describe.skipIf(!hasBrowser)('from a sign-in to an account that trades', () => {
  const place = temporaryHome()
  let cluster: Program
  let browser: Browser
  let page: Page
  let origin: string
  let password: string
  const complaints: string[] = []

  beforeAll(async () => {
    const env = { BULLPEN_HOME: place.home, PORT: String(await freePort()), LOG_LEVEL: 'warn' }
    cluster = runNode([main, 'start'], { cwd: place.folder, env })
    origin = (await cluster.until(/Dashboard\s+(http:\S+)/))[1] ?? ''
    const added = runNode([main, 'user', 'add', 'newcomer@example.test'], { cwd: place.folder, env })
    const { output } = await added.ended
    password = /password (\S+)/.exec(output)?.[1] ?? ''
    browser = await launchBrowser()
    page = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage()
    page.setDefaultTimeout(120_000)
    page.on('pageerror', (error) => complaints.push(error.message))
  }, 300_000)

  afterAll(async () => {
    await browser?.close()
    cluster?.killGroup('SIGTERM')
    await cluster?.ended
    place.remove()
  }, 60_000)

  test('the overview leads to a form, the form to an account, and the account decides by itself', async () => {
    await page.goto(origin)
    await page.getByLabel('E-mail').fill('newcomer@example.test')
    await page.getByLabel('Password').fill(password)
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Start with a paper account' }).click()
    await page.getByRole('heading', { name: 'Start with a paper account' }).waitFor()
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])

    await page.getByRole('button', { name: 'Start trading' }).click()
    await page.getByText('The account is there').waitFor()
    const decision = page.getByRole('list', { name: 'Decisions' }).getByRole('listitem').first()
    await decision.waitFor()
    expect(await decision.innerText()).toMatch(/taken|skipped/)

    await page.getByRole('link', { name: 'To the overview' }).click()
    await page.getByText('Last decisions').waitFor()
    expect(complaints).toEqual([])
  }, 300_000)
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
