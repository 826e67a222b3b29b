import { beforeAll, beforeEach, expect, test } from 'vitest'
import { openMailer } from '#src/alerts/mailer.ts'
import { sendResetLink } from '#src/alerts/reset-link.ts'
import { type Mailbox, openMailbox } from '../../support/mailbox.ts'
import { Visitor } from '../../support/visitor.ts'
import { type TestWeb, testWeb } from '../../support/web.ts'
import { webBeside } from '../../support/web-beside.ts'

const publicUrl = 'https://bullpen.test'

let web: TestWeb
let mailing: Awaited<ReturnType<typeof webBeside>>
let mailbox: Mailbox
/** Whom links were asked for. */
const asked: string[] = []

beforeAll(async () => {
  web = await testWeb()
  mailing = await webBeside(web, 'invite', async (userId) => void asked.push(userId))
  mailbox = await openMailbox()
  return () => mailing.close()
}, 180_000)

beforeEach(async () => {
  asked.length = 0
  await web.database.query('delete from rate_limits')
})

const forget = (where: TestWeb, email: string) => new Visitor(where).auth('/forgot-password', { email })

async function send(userId: string, smtpUrl = mailbox.url) {
  const mailer = smtpUrl === '' ? undefined : openMailer({ smtpUrl, from: 'b@bullpen.test', publicUrl })
  const outcome = await sendResetLink({ db: web.database.db(), mailer, publicUrl }, userId)
  mailer?.close()
  return outcome
}

test('where no mail can be sent it says so, on the page too', async () => {
  expect((await forget(web, web.ben.email)).body.code).toBe('no-mail')
  expect((await new Visitor(web).ask('GET', '/api/auth/ways')).body).toEqual({
    signUp: 'invite',
    mailsLinks: false,
  })
  expect((await new Visitor(mailing).ask('GET', '/api/auth/ways')).body.mailsLinks).toBe(true)
  expect(await send(web.ben.id, '')).toMatchObject({ kind: 'failed' })
})

test('a stranger is told the same as a user, and nothing is mailed to who is none or switched off', async () => {
  const answers = [await forget(mailing, 'nobody@example.test'), await forget(mailing, web.ada.email)]
  expect(answers.map(({ status, body }) => [status, body])).toEqual(Array(2).fill([200, { isAsked: true }]))
  expect(asked).toEqual([web.ada.id])
  await web.database.query('update auth."user" set banned = true where id = $1', [web.ben.id])
  await forget(mailing, web.ben.email)
  expect(asked).toEqual([web.ada.id])
  expect(await send(web.ben.id)).toMatchObject({ kind: 'skipped' })
  await web.database.query('update auth."user" set banned = false where id = $1', [web.ben.id])
})

test('nobody’s mailbox is filled', async () => {
  for (let time = 0; time < 6; time++) await forget(mailing, web.ben.email)
  expect(asked).toEqual([web.ben.id, web.ben.id, web.ben.id])
})

test('the link arrives, opens once, and the next one ends it', async () => {
  expect(await send(web.ben.id)).toEqual({ kind: 'done' })
  expect(await send(web.ben.id)).toEqual({ kind: 'done' })
  expect(mailbox.mails.map(({ recipient, subject }) => [recipient, subject])).toEqual(
    Array(2).fill([web.ben.email, 'Choose a new password']),
  )
  const tokens = mailbox.mails.map(
    ({ text = '' }) => /https:\/\/bullpen\.test\/reset-password#([\w-]{43})/.exec(text)?.[1],
  )
  const use = (token: string | undefined) =>
    new Visitor(web).auth('/reset-password', { token, password: 'pflaume regen und tür' })
  expect((await use(tokens[0])).body.code).toBe('dead-link')
  expect((await use(tokens[1])).status).toBe(200)
  expect((await use(tokens[1])).body.code).toBe('dead-link')
  expect(mailbox.mails[1]?.html).toContain(`href="${publicUrl}/reset-password#${tokens[1]}"`)
})

test('an address that takes no mail is told to the operator, a server that is away is tried again', async () => {
  mailbox.refusals.set(web.ben.email, '550 no such user')
  expect(await send(web.ben.id)).toMatchObject({ kind: 'failed' })
  mailbox.refusals.clear()
  await mailbox.down()
  await expect(send(web.ben.id)).rejects.toThrow()
  await mailbox.up()
})
