import { randomUUID } from 'node:crypto'
import { beforeAll, describe, expect, test } from 'vitest'
import { keepEntryExample } from '#db/entry-examples.ts'
import { decide } from '#src/domain/entries/decide.ts'
import { settingFields } from '#src/domain/setting-fields.ts'
import { resolveSettings } from '#src/domain/trading-settings.ts'
import type { Settings } from '#src/web/api/settings.ts'
import type { SettingsPreview } from '#src/web/api/settings-preview.ts'
import { decisionInput } from '../domain/build.ts'
import { type TestUser, type TestWeb, testWeb } from '../support/web.ts'

let web: TestWeb
let cookies: Map<TestUser, string>

beforeAll(async () => {
  web = await testWeb()
  cookies = new Map([
    [web.ada, await web.signIn(web.ada)],
    [web.ben, await web.signIn(web.ben)],
  ])
})

async function ask(user: TestUser, path: string, body?: unknown, method = body ? 'POST' : 'GET') {
  const response = await fetch(`${web.origin}/api/v1${path}`, {
    method,
    headers: {
      cookie: cookies.get(user) ?? '',
      origin: web.origin,
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
const read = async (user: TestUser, query = '') =>
  (await ask(user, `/settings${query}`)).body as unknown as Settings
const patch = (user: TestUser, body: object, query = '') => ask(user, `/settings${query}`, body, 'PATCH')

describe('what breaks a rule changes nothing', () => {
  test.each([
    ['an unknown setting', { set: { risk_per_trad: 1 } }, 400],
    ['a name that is none', { unset: ['riskiness'] }, 400],
    ['half an edit', { set: { risk_level: 3, leverage: 500 } }, 400],
    ['a share of nothing', { set: { partial_tp_levels: [[1, 0]] } }, 400],
    [
      'targets that fall',
      {
        set: {
          partial_tp_levels: [
            [2, 0.5],
            [1, 0.5],
          ],
        },
      },
      400,
    ],
    ['an unknown limit', { set: { portfolio_limits: { asset: 5 } } }, 400],
    ['null where nothing can be off', { set: { risk_per_trade: null } }, 400],
    ['a source with spaces', { set: { sources: ['my source'] } }, 400],
  ])('%s', async (_, edit, status) => {
    const before = await read(web.ada)
    const answer = await patch(web.ada, { version: before.version, ...edit })
    expect(answer.status).toBe(status)
    expect(answer.body).toMatchObject({ code: 'invalid-request', detail: expect.any(String) })
    expect(await read(web.ada)).toEqual(before)
  })

  test.each(settingFields().filter(({ type }) => type === 'number' || type === 'integer'))(
    '$name beyond its bounds, naming it and the rule',
    async ({ name, maximum = 0 }) => {
      const [group = '', own] = name.split('.')
      const value = maximum * 2 + 1
      const set = own === undefined ? { [group]: value } : { [group]: { [own]: value } }
      const { version } = await read(web.ada)
      const { status, body } = await patch(web.ada, { version, set })
      expect(status).toBe(400)
      expect(body).toMatchObject({
        errors: [{ field: `set.${name}`, rule: expect.stringMatching(/^must be /) }],
      })
    },
  )
})

test('another user’s account is not there, to read, to change and to try', async () => {
  const query = `?account=${web.ben.accountId}`
  expect(await ask(web.ada, `/settings${query}`)).toMatchObject({ status: 404 })
  expect(await patch(web.ada, { version: 0, set: { risk_level: 1 } }, query)).toMatchObject({ status: 404 })
  expect(await ask(web.ada, `/settings/preview${query}`, { set: { risk_level: 1 } })).toMatchObject({
    status: 404,
  })
})

test('two tabs do not write over each other: the second is told', async () => {
  const { version } = await read(web.ben)
  expect(await patch(web.ben, { version, set: { risk_level: 3 } })).toMatchObject({ status: 200 })
  const late = await patch(web.ben, { version, set: { risk_level: 9 } })
  expect(late).toMatchObject({ status: 409, body: { code: 'changed-meanwhile' } })
  expect((await read(web.ben)).own.risk_level).toBe(3)

  const now = await read(web.ben)
  const both = await Promise.all(
    [1, 2].map((risk_level) => patch(web.ben, { version: now.version, set: { risk_level } })),
  )
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
})

test('a change is in force, is written down with what it was, and is undone by inheriting again', async () => {
  const first = await read(web.ada)
  const { body } = await patch(web.ada, {
    version: first.version,
    set: { risk_per_trade: 1, time_exit_hours: null, portfolio_limits: { meme_pct: 0 } },
  })
  const changed = body as unknown as Settings
  expect(changed.effective).toMatchObject({
    risk_per_trade: 1,
    time_exit_hours: null,
    portfolio_limits: { meme_pct: 0, asset_pct: 25 },
  })
  expect(changed.inherited).toMatchObject({ risk_per_trade: 2, time_exit_hours: 12 })

  const account = await read(web.ada, `?account=${web.ada.accountId}`)
  expect(account).toMatchObject({ version: 0, own: {}, effective: { risk_per_trade: 1 } })
  const own = await patch(
    web.ada,
    { version: 0, set: { risk_per_trade: 3 } },
    `?account=${web.ada.accountId}`,
  )
  expect(own.body).toMatchObject({ effective: { risk_per_trade: 3 }, inherited: { risk_per_trade: 1 } })

  const undo = await patch(web.ada, {
    version: changed.version,
    unset: ['risk_per_trade', 'time_exit_hours', 'portfolio_limits.meme_pct'],
  })
  expect(undo.body).toMatchObject({ own: first.own, effective: first.effective })
  const written = await web.database.query<{ details: object }>(
    `select details from audit_log where action = 'settings.change' and target = $1 order by id`,
    [web.ada.id],
  )
  expect(written.map(({ details }) => details)).toEqual([
    {
      from: {},
      to: { risk_per_trade: 1, time_exit_hours: null, portfolio_limits: { meme_pct: 0 } },
    },
    { from: { risk_per_trade: 1, time_exit_hours: null, portfolio_limits: { meme_pct: 0 } }, to: {} },
  ])
})

test('the whole layer comes back as it was put, and putting it again changes nothing', async () => {
  const { own, version } = await read(web.ben)
  const settings = {
    ...own,
    profile: 'pro',
    sources: ['smart_entry', 'strategy:ma-cross'],
    symbols: ['BTC', 'ETH/USDT'],
    partial_tp_levels: [[0.5, 0.5]],
    protections: { cooldown: { minutes: 30 }, stoploss_guard: null },
  }
  const put = await ask(web.ben, '/settings', { version, settings }, 'PUT')
  expect(put.body).toMatchObject({ own: settings, version: version + 1 })
  const again = await ask(web.ben, '/settings', { version: version + 1, settings }, 'PUT')
  expect(again.body).toMatchObject({ version: version + 1 })
})

describe('the preview', () => {
  test('is empty before an account has looked at an entry', async () => {
    const { status, body } = await ask(web.ben, '/settings/preview', { set: { risk_level: 1 } })
    expect(status).toBe(200)
    expect(body).toMatchObject({ accounts: [{ example: null, before: null, after: null }] })
  })

  test('is the size that the decision takes on the same input, before and after the change, and changes nothing', async () => {
    // An account without a past, like the input's.
    const [fresh] = await web.database.query<{ id: string }>(
      `insert into accounts (user_id, name, exchange, market, mode, quote) values ($1, 'Fresh', 'binance', 'spot', 'paper', 'USDT') returning id`,
      [web.ada.id],
    )
    const id = fresh?.id ?? ''
    const base = decisionInput()
    const nowMs = Date.now()
    const signal = {
      ...base.signal,
      id: randomUUID(),
      createdAtMs: nowMs - 1_000,
      expiresAtMs: nowMs + 60_000,
    }
    const input = { ...base, signal, marketNowMs: nowMs }
    const { settings: _, history: __, ...kept } = input
    const account = { id, userId: web.ada.id }
    await keepEntryExample(web.database.db(), account, { input: kept, wasSized: true })
    const before = await read(web.ada, `?account=${id}`)
    const set = { max_position: 123 }
    const query = `?account=${id}`
    const { body } = await ask(web.ada, `/settings/preview${query}`, { set })
    const [preview] = (body as unknown as SettingsPreview).accounts
    const sizeUnder = (change: object) => {
      const user = { ...before.effective, ...change }
      const decision = decide({ ...input, settings: resolveSettings({ market: 'spot', user }) })
      if (decision.outcome !== 'taken' || decision.action !== 'open') throw new Error('it was not taken')
      const { quantity, notional, stopLoss, risk } = decision.entry
      return { quantity, notional, stopLoss, risk }
    }
    expect(preview?.before).toMatchObject(sizeUnder({}))
    expect(preview?.after).toMatchObject({ ...sizeUnder(set), heldDownBy: ['max_position'] })
    expect(await read(web.ada, query)).toEqual(before)
  })

  test('says what is dangerous before it is saved', async () => {
    const warned = async (risk_per_trade: number) => {
      const { body } = await ask(web.ada, '/settings/preview', { set: { risk_per_trade } })
      const { accounts } = body as unknown as SettingsPreview
      const fresh = accounts.find(({ name }) => name === 'Fresh')
      return fresh?.warnings.map(({ setting }) => setting)
    }
    expect(await warned(30)).toEqual(['risk_per_trade'])
    expect(await warned(1)).toEqual([])
  })
})
