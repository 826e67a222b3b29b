import { randomUUID } from 'node:crypto'
import pino from 'pino'
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest'
import { raiseAlert } from '#db/alerts.ts'
import { asTenant } from '#db/client.ts'
import { storeTelegramCode } from '#db/telegram-links.ts'
import { Undeliverable } from '#src/alerts/desk.ts'
import { answerMessage } from '#src/alerts/telegram/answer.ts'
import type { TelegramDesk } from '#src/alerts/telegram/desk.ts'
import { messengerOf, openBotApi as openApi } from '#src/alerts/telegram/messenger.ts'
import { pollTelegram } from '#src/alerts/telegram/poll.ts'
import { openBotApi } from '#test/support/bot-api.ts'
import { testDatabase } from '#test/support/database.ts'
import { seedSignals, seedTrading } from '#test/support/seed.ts'

const database = await testDatabase()
const db = database.db()
const app = database.db('bullpen_app')
const telegram = await openBotApi()
const token = '123456:AAcanary-token_of-the-bot'
const api = openApi({ token, apiRoot: telegram.url })
const lines: string[] = []
const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) })
const clock = { wallNow: Date.now, marketNow: Date.now }
const desk: TelegramDesk = { db, app, api, clock, log, publicUrl: 'https://b.test' }
const quick = { holdFor: 1, restFor: 50, failedFor: 100 }

const signals = await seedSignals(database.query)
async function user(name: string, market: 'spot' | 'futures') {
  const [row] = await database.query<{ id: string }>(
    `insert into auth."user" (name, email, "emailVerified") values ($1, lower($1) || '@example.test', true) returning id`,
    [name],
  )
  const id = row?.id ?? ''
  return { id, ...(await seedTrading(database.query, { id, name }, market, signals)) }
}
const ada = await user('Ada', 'spot')
const ben = await user('Ben', 'futures')
const adasChat = 11
const bensChat = 22

const code = (userId: string, text: string) =>
  asTenant(app, userId, (tx) => storeTelegramCode(tx, userId, text))
const link = (userId: string, chatId: number) =>
  database.query(
    `insert into telegram_links (user_id, chat_id, name) values ($1, $2, 'chat')
     on conflict (user_id) do update set chat_id = excluded.chat_id`,
    [userId, chatId],
  )
const symbolsOf = (userId: string) =>
  database
    .query<{ symbol: string }>(
      `select symbol from positions where user_id = $1 and state in ('open', 'closing') and qty_open > 0`,
      [userId],
    )
    .then((rows) => rows.map(({ symbol }) => symbol))

let stop = new AbortController()
let polling: Promise<void>[] = []
function poll(pollers = 1): void {
  stop = new AbortController()
  polling = Array.from({ length: pollers }, () => pollTelegram(desk, stop.signal, quick))
}
async function end(): Promise<void> {
  stop.abort()
  await Promise.all(polling)
  polling = []
}

beforeEach(async () => {
  await database.query('delete from telegram_links')
  telegram.forget()
  telegram.failure = undefined
})
afterEach(end)
afterAll(() => {
  for (const line of lines) expect(line).not.toContain('AAcanary')
})

test('a chat that nobody has linked is not answered, nor is a group, whatever it says', async () => {
  poll()
  telegram.write(99, '/status')
  telegram.write(99, '/start WRONGCODE')
  telegram.write(-500, '/start', { type: 'group' })
  telegram.press(99, `yes:${randomUUID()}`)
  await link(ada.id, adasChat)
  telegram.write(adasChat, '/help')
  await telegram.said(adasChat)
  expect(telegram.calls.map(({ body }) => body.chat_id)).toEqual([adasChat])
})

test('a code links a chat once, within 10 minutes, and the last code alone; a group links nothing', async () => {
  await code(ada.id, 'FIRSTCODE1')
  await code(ada.id, 'SECONDCODE')
  poll()
  telegram.write(-500, '/start SECONDCODE', { type: 'group' })
  telegram.write(adasChat, '/start FIRSTCODE1')
  telegram.write(adasChat, '/start SECONDCODE')
  const [welcome] = await telegram.said(adasChat)
  expect(welcome?.text).toContain('Ada')
  telegram.write(bensChat, '/start SECONDCODE')
  await code(ben.id, 'TOOOLDCODE')
  await database.query(`update telegram_codes set expires_at = now() - interval '1 s' where user_id = $1`, [
    ben.id,
  ])
  telegram.write(bensChat, '/start TOOOLDCODE')
  telegram.write(adasChat, '/help')
  await telegram.said(adasChat)
  expect(telegram.calls.filter(({ body }) => body.chat_id === bensChat)).toEqual([])
  expect(await database.query('select user_id, chat_id from telegram_links')).toEqual([
    { user_id: ada.id, chat_id: String(adasChat) },
  ])
  const stored = await database.query('select * from telegram_codes')
  expect(JSON.stringify(stored)).not.toContain('SECONDCODE')
})

test('whoever tries codes is not looked at for long', async () => {
  await code(ada.id, 'RIGHTCODE1')
  poll()
  for (let tries = 0; tries < 5; tries += 1) telegram.write(77, `/start GUESS${tries}`)
  telegram.write(77, '/start RIGHTCODE1')
  await link(ben.id, bensChat)
  telegram.write(bensChat, '/help')
  await telegram.said(bensChat)
  expect(telegram.calls.filter(({ body }) => body.chat_id === 77)).toEqual([])
})

const reads = [
  '/status',
  '/positions',
  '/balance',
  '/trades',
  '/performance',
  '/signals',
  '/help',
  '/nonsense',
  'hello',
]

test.each(reads)('%s answers from the rows of whose chat it is, and no other’s', async (message) => {
  await link(ada.id, adasChat)
  await link(ben.id, bensChat)
  const own = await answerMessage(desk, { id: adasChat, name: 'Ada' }, message)
  const other = await answerMessage(desk, { id: bensChat, name: 'Ben' }, message)
  expect(own?.html.length).toBeGreaterThan(0)
  expect(own?.html.length).toBeLessThan(4_000)
  for (const id of [ben.id, ben.accountId]) expect(own?.html).not.toContain(id)
  if (message === '/positions') {
    const [adas, bens] = await Promise.all([symbolsOf(ada.id), symbolsOf(ben.id)])
    for (const symbol of adas) expect(own?.html).toContain(symbol)
    for (const symbol of bens.filter((one) => !adas.includes(one))) expect(own?.html).not.toContain(symbol)
    for (const symbol of bens) expect(other?.html).toContain(symbol)
  }
})

test('a position of another cannot be named, asked for nor confirmed', async () => {
  await link(ada.id, adasChat)
  await link(ben.id, bensChat)
  const [foreign = ''] = await symbolsOf(ben.id)
  const reply = await answerMessage(desk, { id: adasChat, name: 'Ada' }, `/close ${foreign}`)
  const isOwnToo = (await symbolsOf(ada.id)).includes(foreign)
  expect(reply?.questionId === undefined).toBe(!isOwnToo)
  const bens = await answerMessage(desk, { id: bensChat, name: 'Ben' }, '/closeall')
  expect(bens?.questionId).toBeDefined()
  poll()
  telegram.press(adasChat, `yes:${bens?.questionId}`)
  const [refused] = await telegram.said(adasChat)
  expect(refused?.text).toBe('This question is over: ask again.')
  expect(await database.query('select 1 from close_batches')).toEqual([])
})

test('everything is closed once it was confirmed, once, by the chat that was asked, in time', async () => {
  await link(ben.id, bensChat)
  poll()
  telegram.write(bensChat, '/closeall')
  const [asked] = await telegram.said(bensChat)
  const buttons = asked?.reply_markup as { inline_keyboard: { callback_data: string }[][] }
  const [yes, no] = buttons.inline_keyboard[0] ?? []
  expect(no?.callback_data).toMatch(/^no:/)
  expect(await database.query('select 1 from close_batches')).toEqual([])
  const update = telegram.press(bensChat, yes?.callback_data ?? '')
  const [done] = await telegram.said(bensChat)
  expect(done?.text).toContain('Everything is being closed')
  telegram.repeat(update)
  telegram.press(bensChat, yes?.callback_data ?? '')
  const [again] = await telegram.said(bensChat)
  expect(again?.text).toBe('This question is over: ask again.')
  expect(await database.query('select scope, key from close_batches')).toEqual([
    { scope: 'user', key: ben.id },
  ])

  const late = await answerMessage(desk, { id: bensChat, name: 'Ben' }, '/closeall')
  await database.query(`update telegram_questions set expires_at = now() - interval '1 s' where id = $1`, [
    late?.questionId,
  ])
  telegram.press(bensChat, `yes:${late?.questionId}`)
  const [over] = await telegram.said(bensChat)
  expect(over?.text).toBe('This question is over: ask again.')
  await database.query('delete from close_batches')
})

test('entries are paused and allowed again, for the one who asks', async () => {
  await link(ada.id, adasChat)
  poll()
  const modes = () =>
    database.query<{ key: string; mode: string }>(
      `select key, mode from halts where scope = 'user' order by key`,
    )
  const before = await modes()
  telegram.write(adasChat, '/pause')
  await telegram.said(adasChat)
  expect(await modes()).toEqual(
    before.map((row) => (row.key === ada.id ? { ...row, mode: 'no_entries' } : row)),
  )
  telegram.write(adasChat, '/resume')
  await telegram.said(adasChat)
  expect((await modes()).find(({ key }) => key === ada.id)).toMatchObject({ mode: 'none' })
})

test('an alert is acknowledged by its button, by its owner alone', async () => {
  await link(ada.id, adasChat)
  await link(ben.id, bensChat)
  const { id } = await raiseAlert(db, {
    kind: 'order-stuck',
    severity: 'critical',
    userId: ada.id,
    title: 'A <stuck> order',
    text: 'x',
  })
  const when = async () =>
    (
      await database.query<{ acknowledged_at: Date | null }>(
        'select acknowledged_at from alerts where id = $1',
        [id],
      )
    )[0]?.acknowledged_at
  poll()
  telegram.press(bensChat, `ack:${id}`)
  telegram.write(bensChat, '/help')
  await telegram.said(bensChat)
  expect(await when()).toBeNull()
  telegram.press(adasChat, `ack:${id}`)
  telegram.write(adasChat, '/help')
  await telegram.said(adasChat)
  expect(await when()).toBeInstanceOf(Date)
})

test('of several pollers one asks, and no update is answered twice, also after a restart', async () => {
  await link(ada.id, adasChat)
  poll(3)
  for (let sent = 0; sent < 5; sent += 1) telegram.repeat(telegram.write(adasChat, '/help'))
  telegram.write(adasChat, '/balance')
  while (!telegram.calls.some(({ body }) => String(body.text).includes('Balance')))
    await telegram.said(adasChat)
  await end()
  poll()
  telegram.write(adasChat, '/positions')
  await telegram.said(adasChat)
  const texts = telegram.calls
    .filter(({ method }) => method === 'sendMessage')
    .map(({ body }) => String(body.text))
  expect(texts.filter((text) => text.includes('/closeall'))).toHaveLength(5)
})

test('it waits while Telegram is away or limits it, and goes on', async () => {
  await link(ada.id, adasChat)
  let limited = 0
  telegram.failure = (method) => {
    if (method === 'getUpdates')
      return { status: 502, body: { ok: false, error_code: 502, description: 'Bad Gateway' } }
    return undefined
  }
  poll()
  telegram.write(adasChat, '/help')
  while (!lines.some((line) => line.includes('telegram-away')))
    await new Promise((resolve) => setTimeout(resolve, 20))
  telegram.failure = (method) => {
    if (method !== 'sendMessage' || limited > 0) return undefined
    limited += 1
    return {
      status: 429,
      body: { ok: false, error_code: 429, description: 'Too Many Requests', parameters: { retry_after: 1 } },
    }
  }
  expect(await telegram.said(adasChat)).toHaveLength(1)
  expect(limited).toBe(1)
})

test('what Telegram refuses means what it says, and its token is in no message', async () => {
  const messenger = messengerOf(api)
  const send = () => messenger.send(String(adasChat), { html: 'x', alertId: randomUUID() })
  const fail = (status: number, description: string) => {
    telegram.failure = () => ({ status, body: { ok: false, error_code: status, description } })
  }
  fail(403, 'Forbidden: bot was blocked by the user')
  await expect(send()).rejects.toMatchObject({ name: 'Undeliverable', isAddress: true })
  fail(400, 'Bad Request: message is too long')
  await expect(send()).rejects.toMatchObject({ name: 'Undeliverable', isAddress: false })
  fail(401, 'Unauthorized')
  await expect(send()).rejects.not.toBeInstanceOf(Undeliverable)
  telegram.failure = undefined
  const nowhere = messengerOf(openApi({ token, apiRoot: 'http://127.0.0.1:1' }))
  const failing = nowhere.send('1', { html: 'x', alertId: randomUUID() })
  await expect(failing).rejects.toThrow('Telegram was not reached')
  await failing.catch((error) => expect(JSON.stringify(error) + error.stack).not.toContain('AAcanary'))
})
