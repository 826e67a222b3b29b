import pino from 'pino'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { takeDueDeliveries } from '#db/alert-deliveries.ts'
import { saveWishes } from '#db/alert-settings.ts'
import { type NewAlert, raiseAlert } from '#db/alerts.ts'
import { asTenant } from '#db/client.ts'
import { deliver } from '#src/alerts/deliver.ts'
import { type AlertDesk, type Messenger, TooMany, Undeliverable } from '#src/alerts/desk.ts'
import { openMailer } from '#src/alerts/mailer.ts'
import { routeAlerts } from '#src/alerts/route.ts'
import { alertWishes } from '#src/domain/alerts/wishes.ts'
import { testDatabase } from '#test/support/database.ts'
import { openMailbox } from '#test/support/mailbox.ts'
import { addTenant, type TestTenant } from '#test/support/tenant.ts'

const database = await testDatabase()
const db = database.db()
const app = database.db('bullpen_app')
const mailbox = await openMailbox()
const mailer = openMailer({
  smtpUrl: mailbox.url,
  from: 'Bullpen <bullpen@example.test>',
  publicUrl: 'https://b.test',
})
afterAll(() => mailer.close())

/** What a chat was sent, and what it answers instead. */
const chat = { sent: [] as { chatId: string; html: string }[], failure: undefined as Error | undefined }
const messenger: Messenger = {
  async send(chatId, { html }) {
    if (chat.failure) throw chat.failure
    chat.sent.push({ chatId, html })
  },
}
const log = pino({ level: 'silent' })
const desk: AlertDesk = { db, log, publicUrl: 'https://b.test', mailer, messenger, operatorChat: undefined }

const minute = 60_000
const hour = 60 * minute
/** When a test's clock begins: a minute ahead of the database's, so that everything raised in it is due. */
let begun = 0
let names = 0
let alice: TestTenant

beforeEach(async () => {
  await database.query('delete from alerts')
  mailbox.empty()
  mailbox.refusals.clear()
  await mailbox.up()
  chat.sent.splice(0)
  chat.failure = undefined
  names += 1
  begun = Date.now() + minute
  alice = await addTenant(database, { name: `alice${names}` })
  return () => mailbox.down()
})

const address = () => `alice${names}@example.test`
const link = (userId: string, chatId: number) =>
  database.query('insert into telegram_links (user_id, chat_id, name) values ($1, $2, $3)', [
    userId,
    chatId,
    'Alice',
  ])

const wish = (wishes: object) =>
  asTenant(app, alice.userId, (tx) => saveWishes(tx, alice.userId, alertWishes.parse(wishes)))

const alert = (more: Partial<NewAlert> = {}) =>
  raiseAlert(db, {
    kind: 'order-unknown-too-long',
    severity: 'critical',
    userId: alice.userId,
    accountId: alice.accountId,
    title: 'An order is stuck: BTC/USDT',
    text: 'The venue does not say what became of it.',
    advice: 'Look at the exchange.',
    facts: { symbol: 'BTC/USDT', clientOrderId: 'x-1' },
    ...more,
  })

/** What a worker does at a moment: it looks, and tries what is due. */
async function round(nowMs: number): Promise<void> {
  await routeAlerts(desk, nowMs)
  const due = await takeDueDeliveries(db, { now: new Date(nowMs), quietMs: 30_000, limit: 100 })
  for (const { id } of due) await deliver(desk, id, nowMs)
}

async function rounds(fromMs: number, untilMs: number, everyMs = 10_000): Promise<void> {
  for (let nowMs = fromMs; nowMs <= untilMs; nowMs += everyMs) await round(nowMs)
}

const deliveries = () =>
  database.query<{ channel: string; step: number; state: string; attempts: number; reason: string | null }>(
    'select channel, step, state, attempts, reason from alert_deliveries order by created_at, channel',
  )

test('an hour without a mail server loses no mail and sends none twice', async () => {
  await mailbox.down()
  const kinds = ['key-refused', 'late-truth', 'auto-halt']
  for (const kind of kinds) await alert({ kind, severity: 'warning' })
  await rounds(begun, begun + hour, minute)
  expect(mailbox.mails).toEqual([])
  expect(await deliveries()).toMatchObject(kinds.map(() => ({ state: 'waiting', step: 0 })))
  await mailbox.up()
  await rounds(begun + hour, begun + hour + 15 * minute, minute)
  expect(mailbox.mails.map(({ recipient }) => recipient)).toEqual(kinds.map(address))
  expect(await deliveries()).toMatchObject(kinds.map(() => ({ state: 'sent' })))
})

test('a mail says what happened, what to do and where to look, in both forms, and how to get no more', async () => {
  await alert({
    title: 'A <b>title</b> & an order',
    facts: { symbol: 'BTC/USDT', note: '<script>alert(1)</script>' },
  })
  await round(begun)
  const [mail] = mailbox.mails
  const [delivery] = await database.query<{ id: string }>('select id from alert_deliveries')
  expect(mail).toMatchObject({
    recipient: address(),
    subject: '⚠️ A <b>title</b> & an order',
    messageId: `<${delivery?.id}@example.test>`,
    from: { address: 'bullpen@example.test', name: 'Bullpen' },
  })
  for (const form of [mail?.text, mail?.html]) {
    expect(form).toContain('The venue does not say what became of it.')
    expect(form).toContain('Look at the exchange.')
    expect(form).toContain('https://b.test/alerts?alert=')
    expect(form).toContain('main (paper)')
  }
  expect(mail?.html).not.toContain('<script>')
  expect(mail?.html).toContain('A &lt;b&gt;title&lt;/b&gt; &amp; an order')
  const header = (name: string) => mail?.headers.find(({ key }) => key === name)?.value
  expect(header('list-unsubscribe')).toContain('<https://b.test/alerts#channels>')
  expect(header('auto-submitted')).toBe('auto-generated')
})

test('a sender that dies between sending and noting it sends again, under the same id', async () => {
  await alert()
  await routeAlerts(desk, begun)
  const [due] = await takeDueDeliveries(db, { now: new Date(begun), quietMs: 0, limit: 1 })
  const id = due?.id ?? ''
  await deliver(desk, id, begun)
  await database.query(
    `update alert_deliveries set state = 'waiting', ended_at = null, next_try_at = now() where id = $1`,
    [id],
  )
  await deliver(desk, id, begun + minute)
  expect(new Set(mailbox.mails.map(({ messageId }) => messageId)).size).toBe(1)
  expect(mailbox.mails).toHaveLength(2)
  await deliver(desk, id, begun + 2 * minute)
  expect(mailbox.mails).toHaveLength(2)
})

test('many who try one message at once send it once', async () => {
  await alert()
  await routeAlerts(desk, begun)
  const [due] = await takeDueDeliveries(db, { now: new Date(begun), quietMs: 0, limit: 1 })
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => deliver(desk, due?.id ?? '', begun)))
  expect(outcomes.filter(({ kind }) => kind === 'done')).toHaveLength(1)
  expect(mailbox.mails).toHaveLength(1)
})

test('a mailbox that refuses for good gets no more, its user reads so, and a proof is gone', async () => {
  await alert({ kind: 'first', severity: 'warning' })
  await round(begun)
  const proven = () =>
    database.query('select proven_at, refusal from alert_channels where user_id = $1', [alice.userId])
  expect(await proven()).toMatchObject([{ proven_at: expect.any(Date), refusal: null }])

  mailbox.refusals.set(address(), '550 5.1.1 no such user')
  await alert({ kind: 'second', severity: 'warning' })
  await rounds(begun, begun + minute)
  expect(await proven()).toMatchObject([
    { proven_at: null, refusal: expect.stringContaining('no such user') },
  ])
  const told = await database.query('select title, text from alerts where kind = $1', ['channel-refused'])
  expect(told).toMatchObject([
    { title: 'Your mailbox refuses alerts', text: expect.stringContaining('no such user') },
  ])
  expect((await deliveries()).map(({ state }) => state)).toEqual(['sent', 'refused'])
  await alert({ kind: 'third', severity: 'warning' })
  await rounds(begun, begun + minute)
  expect(mailbox.mails).toHaveLength(1)

  await database.query('update auth."user" set email = $2 where id = $1', [alice.userId, `new-${address()}`])
  await alert({ kind: 'fourth', severity: 'warning' })
  await rounds(begun, begun + minute)
  expect(mailbox.mails.at(-1)?.recipient).toBe(`new-${address()}`)
})

test('while mail fails, what is critical goes to the next channel at once', async () => {
  await link(alice.userId, 4_711)
  await wish({ telegram: [] })
  await mailbox.down()
  await alert()
  await rounds(begun, begun + minute)
  expect(chat.sent).toMatchObject([
    { chatId: '4711', html: expect.stringContaining('An order is stuck: BTC/USDT') },
  ])
  await mailbox.up()
  await rounds(begun + minute, begun + 3 * minute)
  expect(mailbox.mails).toHaveLength(1)
})

test('what is acknowledged is told no more, and what is not goes on to the operator', async () => {
  const { id } = await alert()
  const [admin] = await database.query<{ id: string }>(
    `insert into auth."user" (name, email, "emailVerified", role) values ('op', $1, true, 'admin') returning id`,
    [`op${names}@example.test`],
  )
  await rounds(begun, begun + 20 * minute, minute)
  const to = (recipient: string) => mailbox.mails.filter((mail) => mail.recipient === recipient)
  expect(to(address())).toHaveLength(3)
  expect(to(`op${names}@example.test`)).toHaveLength(1)
  expect(to(`op${names}@example.test`)[0]?.text).toContain('its owner has not acknowledged it')
  await database.query('update alerts set acknowledged_at = now() where id = $1', [id])
  await rounds(begun + 20 * minute, begun + 25 * hour, 10 * minute)
  expect(mailbox.mails).toHaveLength(4)
  await database.query('delete from auth."user" where id = $1', [admin?.id])
})

test('a chat that is limited waits as long as it says; one that has blocked the bot gets no more', async () => {
  await link(alice.userId, 4_712)
  await wish({ email: [] })
  chat.failure = new TooMany('Telegram said 429: Too Many Requests', { waitMs: 90_000, cause: 429 })
  await alert({ severity: 'warning' })
  await round(begun)
  chat.failure = undefined
  await rounds(begun + 10_000, begun + 80_000)
  expect(chat.sent).toEqual([])
  await rounds(begun + 90_000, begun + 100_000)
  expect(chat.sent).toHaveLength(1)

  chat.failure = new Undeliverable('Telegram said 403: bot was blocked', { isAddress: true, cause: 403 })
  await alert({ kind: 'blocked', severity: 'warning' })
  await rounds(begun, begun + minute)
  chat.failure = undefined
  await alert({ kind: 'after', severity: 'warning' })
  await rounds(begun, begun + minute)
  expect(chat.sent).toHaveLength(1)
})

test('what nobody wishes for stays on the dashboard, and a message of yesterday is given up', async () => {
  await wish({ email: [] })
  await alert({ severity: 'trade' })
  await rounds(begun, begun + minute)
  expect(await deliveries()).toEqual([])

  await wish({})
  await mailbox.down()
  await alert({ kind: 'old', severity: 'warning' })
  await rounds(begun, begun + 25 * hour, 10 * minute)
  expect(await deliveries()).toMatchObject([
    { state: 'given_up', reason: expect.stringContaining('ECONNREFUSED') },
  ])
})
