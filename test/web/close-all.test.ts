import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { orderCloseAll } from '#db/halt-orders.ts'
import { buildDashboard } from '#src/web/dashboard/build.ts'
import { hasBrowser, launchBrowser } from '../support/browser.ts'
import { commandLine } from '../support/command.ts'
import { password, type TestWeb, testWeb } from '../support/web.ts'

let web: TestWeb
let cookie: string

beforeAll(async () => {
  web = await testWeb(hasBrowser ? await buildDashboard() : undefined)
  cookie = await web.signIn(web.ben)
}, 120_000)

async function press(body: unknown): Promise<Response> {
  const headers = { cookie, origin: web.origin, 'content-type': 'application/json' }
  return fetch(`${web.origin}/api/v1/close-all`, { method: 'POST', headers, body: JSON.stringify(body) })
}

const batches = () =>
  web.database.query<{ key: string; opened_by: string; positions: number }>(
    `select key, opened_by, cardinality(position_ids) as positions from close_batches where ended_at is null order by key`,
  )

const giveUp = () =>
  web.database.query(`update close_batches set ended_at = now(), outcome = 'given up' where ended_at is null`)

test.each([
  [{}, 'must be true or false'],
  [{ stopEntries: 'yes' }, 'must be true or false'],
  [{ stopEntries: true, scope: 'global' }, 'must be an object with stopEntries'],
  [[], 'must be an object with stopEntries'],
])('%j is refused, and nothing is closed', async (body, words) => {
  const response = await press(body)
  expect(response.status).toBe(400)
  expect(JSON.stringify(await response.json())).toContain(words)
  expect(await batches()).toEqual([])
})

test('without a session, and from another site, nothing is closed', async () => {
  const body = JSON.stringify({ stopEntries: true })
  const url = `${web.origin}/api/v1/close-all`
  const json = { 'content-type': 'application/json' }
  const anonymous = { ...json, origin: web.origin }
  expect((await fetch(url, { method: 'POST', headers: anonymous, body })).status).toBe(401)
  const forged = { ...json, origin: 'https://evil.example', cookie }
  expect((await fetch(url, { method: 'POST', headers: forged, body })).status).toBe(403)
  expect(await batches()).toEqual([])
})

test('twenty presses by the API, the command line and the function make one batch of its own user', async () => {
  const bullpen = commandLine({ DATABASE_URL: web.database.url, SECRET_KEY: 's'.repeat(32) })
  const db = web.database.db()
  const place = { scope: 'user', key: web.ben.id } as const
  const byFunction = () =>
    db.transaction().execute((tx) => orderCloseAll(tx, { ...place, reason: null, by: 'a test' }))
  const byCommand = () =>
    bullpen(['close-all', '--scope', 'user', '--key', web.ben.email, '--yes', '--no-wait', '--json'])
  const answers = await Promise.all([
    ...Array.from({ length: 10 }, async () => (await press({ stopEntries: false })).json()),
    ...Array.from({ length: 4 }, async () => JSON.parse((await byCommand()).stdout)),
    ...Array.from({ length: 6 }, async () => {
      const ordered = await byFunction()
      return { batchId: ordered?.batch.id, isNew: ordered?.isNew }
    }),
  ])
  expect(new Set(answers.map(({ batchId }) => batchId)).size).toBe(1)
  expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1)
  expect(await batches()).toMatchObject([{ key: web.ben.id, positions: 2 }])
  const audited = await web.database.query<{ action: string; count: number }>(
    `select action, count(*)::int as count from audit_log where action like 'close-all%' group by 1 order by 1`,
  )
  expect(audited).toEqual([
    { action: 'close-all.again', count: 19 },
    { action: 'close-all.start', count: 1 },
  ])
  const ended = await bullpen(['close-all', '--scope', 'user', '--key', web.ben.email, '--give-up'])
  expect(ended).toMatchObject({ code: 0, stdout: expect.stringContaining('given up') })
  expect(await batches()).toEqual([])
}, 60_000)

test('the command line closes nothing without --yes, and says what it would', async () => {
  const bullpen = commandLine({ DATABASE_URL: web.database.url, SECRET_KEY: 's'.repeat(32) })
  const { code, stdout, stderr } = await bullpen(['close-all', '--scope', 'symbol', '--key', 'SOL/USDT'])
  expect(stdout).toContain('SOL/USDT')
  expect(stderr).toBe('symbol SOL/USDT: 1 positions would be closed; nothing was done without --yes\n')
  expect(code).toBe(1)
  expect(await batches()).toEqual([])
})

describe.skipIf(!hasBrowser)('in a browser', () => {
  let browser: Awaited<ReturnType<typeof launchBrowser>>
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser?.close())

  test('everything is closed by keyboard alone, after saying what will happen', async () => {
    const page = await (await browser.newContext({ viewport: { width: 390, height: 844 } })).newPage()
    const complaints: string[] = []
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
    await page.goto(web.origin)
    await page.getByLabel('E-mail').fill(web.ben.email)
    await page.getByLabel('Password').fill(password)
    await page.keyboard.press('Enter')
    const button = page.getByRole('banner').getByRole('button', { name: 'Close all', disabled: false })
    await button.press('Enter')
    const dialog = page.getByRole('dialog', { name: 'Close everything now?' })
    await dialog.getByText('2 open positions are closed at the market price').waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    expect(await batches()).toEqual([])

    await button.press('Enter')
    await dialog.getByLabel('Keep entries stopped afterwards').waitFor()
    await dialog.getByRole('button', { name: 'Close all' }).press('Enter')
    await dialog.waitFor({ state: 'hidden' })
    await page.getByText('Everything is being closed.').waitFor()
    expect(await batches()).toMatchObject([{ key: web.ben.id, opened_by: web.ben.email, positions: 2 }])
    const [halt] = await web.database.query(`select mode from halts where key = $1`, [web.ben.id])
    expect(halt).toEqual({ mode: 'flatten' })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
    await giveUp()
    await page.getByText('Everything is being closed.').waitFor({ state: 'hidden' })
    expect(complaints).toEqual([])
    await page.context().close()
  })
})
