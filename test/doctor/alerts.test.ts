import { expect, test } from 'vitest'
import { noteChannel } from '#db/alert-channels.ts'
import { raiseAlert } from '#db/alerts.ts'
import { alertChecks } from '#src/doctor/alerts.ts'
import { examineAll } from '#src/doctor/check.ts'
import { testDatabase } from '../support/database.ts'
import { addTenant } from '../support/tenant.ts'

const database = await testDatabase()
const db = database.db()
const withMail = { smtpUrl: 'smtp://mail.test' as string | undefined, telegramBotToken: undefined }
const nothing = { smtpUrl: undefined, telegramBotToken: undefined }
const { userId } = await addTenant(database, { name: 'alice' })

const found = async (id: string, config = withMail) =>
  (await examineAll(alertChecks(db, config).filter((check) => check.id === id)))[0]

test('without a channel alerts stay on the dashboard, which is said', async () => {
  expect(await found('alerts', nothing)).toMatchObject({
    ok: true,
    detail: expect.stringContaining('no SMTP_URL and no TELEGRAM_BOT_TOKEN: alerts stay on the dashboard'),
  })
  expect(await found('alerts')).toMatchObject({ ok: true, detail: 'by mail' })
})

test('who trades real money must be reached', async () => {
  await database.query(`update accounts set mode = 'live'`)
  expect(await found('alerts', nothing)).toMatchObject({
    ok: false,
    detail: expect.stringContaining('alice@example.test'),
    advice: expect.stringContaining('SMTP_URL'),
  })
  expect(await found('alerts')).toMatchObject({ ok: false, advice: expect.stringContaining('sends a test') })
  await noteChannel(db, { userId, channel: 'email', address: 'alice@example.test' }, null)
  expect(await found('alerts')).toMatchObject({ ok: true })
  await noteChannel(db, { userId, channel: 'email', address: 'alice@example.test' }, 'no such mailbox')
  expect(await found('alerts')).toMatchObject({ ok: false })
})

test('messages that wait for long are told of with their reason', async () => {
  expect(await found('messages')).toMatchObject({ ok: true })
  const { id } = await raiseAlert(db, { kind: 'x', severity: 'warning', userId, title: 'x', text: 'x' })
  await database.query(
    `insert into alert_deliveries (alert_id, user_id, channel, step, created_at, reason)
     values ($1, $2, 'email', 0, now() - interval '11 minutes', 'connect ECONNREFUSED')`,
    [id, userId],
  )
  expect(await found('messages')).toMatchObject({
    ok: false,
    detail: '1 by email wait, the oldest for 11 min: connect ECONNREFUSED',
  })
})
