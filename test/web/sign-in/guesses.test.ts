import fc from 'fast-check'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Db } from '#db/client.ts'
import {
  firstWaitSeconds,
  forgive,
  freeGuesses,
  longestWaitSeconds,
  takeAttempt,
} from '#db/sign-in-failures.ts'
import { letProofsAge, Visitor, visitorIn } from '../../support/visitor.ts'
import { password, type TestWeb, testWeb } from '../../support/web.ts'
import { webBeside } from '../../support/web-beside.ts'

let web: TestWeb
let db: Db

beforeAll(async () => {
  web = await testWeb()
  db = web.app
})

beforeEach(async () => {
  await web.database.query('delete from sign_in_failures')
  await web.database.query('delete from rate_limits')
})

/** Lets the wait of every key be over, and nothing else. */
async function letWaitsPass(): Promise<void> {
  await web.database.query('update sign_in_failures set locked_until = now()')
}

describe('guesses in a row', () => {
  test('wait longer each time, up to a quarter of an hour, and are counted while nobody waits', async () => {
    const waits: number[] = []
    for (let guess = 1; guess <= 12; guess++) {
      const attempt = await takeAttempt(db, 'k')
      expect(attempt).toMatchObject({ isAllowed: true, nth: guess })
      if (attempt.isAllowed) waits.push(attempt.waitSeconds)
      await letWaitsPass()
    }
    expect(waits).toEqual([0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900])
  })

  test('at the same time do not pass together', async () => {
    const attempts = await Promise.all(Array.from({ length: 30 }, () => takeAttempt(db, 'k')))
    expect(attempts.filter(({ isAllowed }) => isAllowed)).toHaveLength(freeGuesses + 1)
  })

  test('that must wait do not make the wait longer', async () => {
    for (let guess = 0; guess <= freeGuesses; guess++) await takeAttempt(db, 'k')
    const [before] = await web.database.query('select locked_until from sign_in_failures')
    for (let guess = 0; guess < 5; guess++) expect((await takeAttempt(db, 'k')).isAllowed).toBe(false)
    expect(await web.database.query('select locked_until from sign_in_failures')).toEqual([before])
  })

  test('begin anew when they are forgiven, and after a day', async () => {
    for (let guess = 0; guess <= freeGuesses; guess++) await takeAttempt(db, 'k')
    await forgive(db, 'k')
    expect(await takeAttempt(db, 'k')).toMatchObject({ nth: 1 })
    for (let guess = 0; guess < 3; guess++) await takeAttempt(db, 'k')
    await web.database.query(`update sign_in_failures set failed_at = now() - interval '25 hours'`)
    expect(await takeAttempt(db, 'k')).toMatchObject({ nth: 1, waitSeconds: 0 })
  })

  test('never wait longer than the longest, whatever was before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 2_000_000 }), async (failures) => {
        await web.database.query('delete from sign_in_failures')
        await web.database.query(
          `insert into sign_in_failures values ('k', $1, clock_timestamp(), clock_timestamp())`,
          [failures],
        )
        const attempt = await takeAttempt(db, 'k')
        if (!attempt.isAllowed) throw new Error('nobody had to wait')
        expect(attempt.waitSeconds).toBeLessThanOrEqual(longestWaitSeconds)
        expect(attempt.waitSeconds).toBeGreaterThanOrEqual(failures >= freeGuesses ? firstWaitSeconds : 0)
      }),
      { numRuns: 25 },
    )
  })
})

describe('whoever guesses a password', () => {
  const wrong = { email: 'ben@example.test', password: 'wrong horse battery' }

  test('has to wait, even with the right one, and is told how long', async () => {
    const thief = new Visitor(web)
    for (let guess = 0; guess <= freeGuesses; guess++)
      expect((await thief.auth('/sign-in/email', wrong)).status).toBe(401)
    const { status, headers, body } = await thief.signIn(web.ben)
    expect(status).toBe(429)
    expect(body.code).toBe('too-many-attempts')
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(firstWaitSeconds)
    await letWaitsPass()
    expect((await thief.signIn(web.ben)).status).toBe(200)
    expect(await web.database.query('select * from sign_in_failures')).toEqual([])
  })

  test('is told the same of an address that nobody has, in the same words', async () => {
    const thief = new Visitor(web)
    const known: unknown[] = []
    const unknown: unknown[] = []
    for (let guess = 0; guess <= freeGuesses + 1; guess++) {
      const of = async (email: string) => {
        const { status, body } = await thief.auth('/sign-in/email', { ...wrong, email })
        return { status, code: body.code, detail: body.detail }
      }
      known.push(await of('ben@example.test'))
      unknown.push(await of('nobody@example.test'))
    }
    expect(unknown).toEqual(known)
  })

  test('does not keep the owner out: a browser in which they signed in before counts apart', async () => {
    const owner = await visitorIn(web, web.ben)
    await owner.auth('/sign-out', {})
    const thief = new Visitor(web)
    for (let guess = 0; guess <= freeGuesses + 1; guess++) await thief.auth('/sign-in/email', wrong)
    expect((await thief.signIn(web.ben)).status).toBe(429)
    expect((await owner.signIn(web.ben)).status).toBe(200)
    // The same browser is a stranger to everybody else's address.
    for (let guess = 0; guess <= freeGuesses; guess++)
      await owner.auth('/sign-in/email', { ...wrong, email: web.ada.email })
    expect((await new Visitor(web).signIn(web.ada)).status).toBe(429)
  })

  test('is written in the log of the owner, and of nobody where there is none', async () => {
    const guesses = () =>
      web.database.query(
        `select target, details->>'device' as device from audit_log where action = 'sign-in.guessed'`,
      )
    const before = (await guesses()).length
    const thief = new Visitor(web)
    for (let guess = 0; guess <= freeGuesses; guess++) {
      await thief.auth('/sign-in/email', wrong)
      await thief.auth('/sign-in/email', { ...wrong, email: 'nobody@example.test' })
    }
    const after = await guesses()
    expect(after.length - before).toBe(1)
    expect(after.at(-1)).toEqual({ target: 'ben@example.test', device: 'Firefox on Linux' })
    const alerts = await web.database.query(`select kind, severity from alerts where user_id = $1`, [
      web.ben.id,
    ])
    expect(alerts).toEqual([{ kind: 'sign-in-guessed', severity: 'warning' }])
  })

  test('knows no more of the table than digests', async () => {
    await new Visitor(web).auth('/sign-in/email', wrong)
    const rows = await web.database.query('select * from sign_in_failures')
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows)).not.toMatch(/ben|example/)
  })
})

describe('a session whose person must be proven anew', () => {
  test('is not asked for what is harmless, and asks for the password before what is not', async () => {
    const ben = await visitorIn(web, web.ben)
    await letProofsAge(web)
    expect((await ben.api('GET', '/tokens')).status).toBe(200)
    const refused = await ben.api('POST', '/tokens', { name: 'robot', scopes: ['read'] })
    expect([refused.status, refused.body.code]).toEqual([403, 'step-up-required'])
    for (const body of [{}, { password: '' }, { password: 'wrong horse battery' }, { code: '123456' }])
      expect((await ben.auth('/step-up', body)).body.code).toBe('wrong-password')
    expect((await ben.api('POST', '/tokens', { name: 'robot', scopes: ['read'] })).status).toBe(403)
    expect((await ben.auth('/step-up', { password })).status).toBe(200)
    expect((await ben.api('POST', '/tokens', { name: 'robot', scopes: ['read'] })).status).toBe(201)
  })

  test('cannot be used to guess the password', async () => {
    const ben = await visitorIn(web, web.ben)
    await letProofsAge(web)
    const statuses: number[] = []
    for (let guess = 0; guess <= freeGuesses; guess++)
      statuses.push((await ben.auth('/step-up', { password: `wrong horse ${guess}` })).status)
    expect(statuses).toEqual(Array(freeGuesses + 1).fill(400))
    expect((await ben.auth('/step-up', { password })).status).toBe(429)
    const change = { currentPassword: password, newPassword: 'pflaume regen und tür' }
    expect((await ben.auth('/change-password', change)).status).toBe(429)
    expect((await ben.auth('/two-factor/enable', { password })).status).toBe(429)
  })

  test('must be one: nobody proves anything without it', async () => {
    expect((await new Visitor(web).auth('/step-up', { password })).status).toBe(401)
  })
})

test('two processes share the counts', async () => {
  const second = await webBeside(web)
  const wrong = { email: 'ben@example.test', password: 'wrong horse battery' }
  for (let guess = 0; guess <= freeGuesses; guess++)
    expect((await new Visitor(guess % 2 ? web : second).auth('/sign-in/email', wrong)).status).toBe(401)
  for (const each of [web, second]) expect((await new Visitor(each).signIn(web.ben)).status).toBe(429)
  await second.close()
})
