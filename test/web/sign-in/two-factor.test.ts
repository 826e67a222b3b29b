import { symmetricDecrypt } from 'better-auth/crypto'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { librarySecrets } from '#src/web/sign-in/library.ts'
import { sealCodesAnew } from '#src/web/sign-in/reseal.ts'
import { codeOf, secretIn } from '../../support/authenticator.ts'
import { letProofsAge, Visitor, visitorIn } from '../../support/visitor.ts'
import { password, type TestWeb, testWeb } from '../../support/web.ts'

let web: TestWeb
/** Ben's authenticator app, and the codes for a lost one. */
let secret: Buffer
let backupCodes: string[]

beforeAll(async () => {
  web = await testWeb()
  const ben = await visitorIn(web, web.ben)
  expect((await ben.auth('/two-factor/enable', { password: 'wrong horse battery' })).body.code).toBe(
    'wrong-password',
  )
  const { body } = await ben.auth('/two-factor/enable', { password })
  secret = secretIn(String(body.totpURI))
  backupCodes = body.backupCodes as unknown as string[]
  // It is not on before a code has shown that the app has it.
  expect((await new Visitor(web).signIn(web.ben)).body.twoFactorRedirect).toBeUndefined()
  expect((await ben.auth('/two-factor/verify-totp', { code: '000000' })).body.code).toBe('wrong-code')
  expect((await ben.auth('/two-factor/verify-totp', { code: codeOf(secret) })).status).toBe(200)
  expect((await ben.api('GET', '/security')).body).toMatchObject({ hasTwoFactor: true })
}, 180_000)

beforeEach(async () => {
  // Codes of earlier tests are used up, and there are three at a time.
  await web.database.query(`delete from rate_limits where key like 'code %'`)
  await web.database.query('delete from sign_in_failures')
  await web.database.query('update auth."twoFactor" set "failedVerificationCount" = 0, "lockedUntil" = null')
})

/** Ben after the right password, before the code. */
async function halfWay(): Promise<Visitor> {
  const visitor = new Visitor(web)
  const { status, body } = await visitor.signIn(web.ben)
  expect([status, body.twoFactorRedirect]).toEqual([200, true])
  return visitor
}

describe('the password alone', () => {
  test('opens nothing', async () => {
    const visitor = await halfWay()
    expect((await visitor.api('GET', '/me')).status).toBe(401)
    expect((await visitor.ask('GET', '/')).status).toBe(302)
  })

  test('with a wrong code, none, or somebody else’s opens nothing', async () => {
    const visitor = await halfWay()
    for (const code of ['000000', '', '12345678901234567890', codeOf(secret, 40)])
      expect((await visitor.auth('/two-factor/verify-totp', { code })).status).toBe(401)
    expect((await visitor.api('GET', '/me')).status).toBe(401)
  })

  test('must be right first: a code alone opens nothing', async () => {
    const { status, body } = await new Visitor(web).auth('/two-factor/verify-totp', { code: codeOf(secret) })
    expect([status, body.code]).toEqual([401, 'sign-in-again'])
  })
})

test('password and code open a session that is proven', async () => {
  const visitor = await halfWay()
  const { status, body } = await visitor.auth('/two-factor/verify-totp', { code: codeOf(secret) })
  expect(status).toBe(200)
  expect(JSON.stringify(body)).not.toMatch(/token/)
  expect((await visitor.api('GET', '/me')).body).toMatchObject({ email: web.ben.email })
  expect((await visitor.api('POST', '/tokens', { name: 'two-factor', scopes: ['read'] })).status).toBe(201)
})

test('no device is trusted without a code', async () => {
  const visitor = await halfWay()
  const trusting = { code: codeOf(secret), trustDevice: true }
  expect((await visitor.auth('/two-factor/verify-totp', trusting)).status).toBe(400)
  expect((await visitor.auth('/two-factor/verify-totp', { code: codeOf(secret) })).status).toBe(200)
  expect([...visitor.cookies.keys()].filter((name) => name.includes('trust'))).toEqual([])
  expect((await visitor.signIn(web.ben)).body.twoFactorRedirect).toBe(true)
})

test('a code is good once, for whoever comes first', async () => {
  const visitors = [await halfWay(), await halfWay(), await halfWay()]
  const code = codeOf(secret)
  const answers = await Promise.all(visitors.map((each) => each.auth('/two-factor/verify-totp', { code })))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401])
  const late = await halfWay()
  expect((await late.auth('/two-factor/verify-totp', { code })).body.code).toBe('wrong-code')
})

test('five wrong codes end the attempt, ten lock the second factor, and the right one does not open it then', async () => {
  const visitor = await halfWay()
  const codes: unknown[] = []
  for (let guess = 0; guess < 6; guess++)
    codes.push((await visitor.auth('/two-factor/verify-totp', { code: `00000${guess}` })).body.code)
  expect(codes).toEqual([...Array(5).fill('wrong-code'), 'sign-in-again'])
  const again = await halfWay()
  for (let guess = 0; guess < 5; guess++)
    await again.auth('/two-factor/verify-totp', { code: `00001${guess}` })
  const last = await halfWay()
  const locked = await last.auth('/two-factor/verify-totp', { code: codeOf(secret) })
  expect([locked.status, locked.body.code]).toEqual([429, 'too-many-attempts'])
  expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(0)
})

test('a backup code opens it once', async () => {
  const code = backupCodes[0] ?? ''
  const visitor = await halfWay()
  expect((await visitor.auth('/two-factor/verify-backup-code', { code: 'aaaaa-aaaaa' })).body.code).toBe(
    'wrong-code',
  )
  expect((await visitor.auth('/two-factor/verify-backup-code', { code })).status).toBe(200)
  expect((await visitor.api('GET', '/me')).status).toBe(200)
  const again = await halfWay()
  expect((await again.auth('/two-factor/verify-backup-code', { code })).body.code).toBe('wrong-code')
})

test('a step up asks for the code, and the password is not one', async () => {
  const ben = await halfWay()
  const used = codeOf(secret)
  await ben.auth('/two-factor/verify-totp', { code: used })
  await letProofsAge(web)
  expect((await ben.auth('/step-up', { password })).body.code).toBe('wrong-code')
  expect((await ben.auth('/step-up', { code: used })).body.code).toBe('wrong-code')
  for (const [path, body] of [
    ['/two-factor/disable', { password }],
    ['/two-factor/generate-backup-codes', { password }],
    ['/change-password', { currentPassword: password, newPassword: 'pflaume regen und tür' }],
  ] as const)
    expect((await ben.auth(path, body)).body.code).toBe('step-up-required')
  expect((await ben.auth('/step-up', { code: codeOf(secret, 1) })).status).toBe(200)
  expect(
    (await ben.auth('/two-factor/generate-backup-codes', { password: 'wrong horse battery' })).body.code,
  ).toBe('wrong-password')
  const { status, body } = await ben.auth('/two-factor/generate-backup-codes', { password })
  expect(status).toBe(200)
  expect(body.backupCodes).toHaveLength(10)
  backupCodes = body.backupCodes as unknown as string[]
})

test('neither codes nor their secret stand in the database or the log as they are', async () => {
  const rows = await web.database.query('select * from auth."twoFactor"')
  const said = JSON.stringify(rows) + web.lines.join('\n')
  for (const hidden of [secret.toString('ascii'), ...backupCodes]) expect(said).not.toContain(hidden)
})

test('another SECRET_KEY opens them as long as the previous one is there, and seals them anew', async () => {
  const keys = { secretKey: 'n'.repeat(32), secretKeyPrevious: ['s'.repeat(32)] }
  const [alone] = librarySecrets({ ...keys, secretKeyPrevious: [] })
  if (!alone) throw new Error('there is no secret')
  const key = { keys: new Map([[alone.version, alone.value]]), currentVersion: alone.version }
  const read = async () => {
    const [row] = await web.database.query<{ secret: string }>('select secret from auth."twoFactor"')
    return symmetricDecrypt({ key, data: row?.secret ?? '' })
  }
  const before = await web.database.query('select secret, "backupCodes" from auth."twoFactor"')
  await expect(read()).rejects.toThrow()
  await sealCodesAnew(web.app, librarySecrets({ ...keys, secretKeyPrevious: ['x'.repeat(32)] }))
  await expect(read()).rejects.toThrow()
  await sealCodesAnew(web.app, librarySecrets(keys))
  expect(await read()).toBe(secret.toString('ascii'))
  for (const row of before)
    await web.database.query('update auth."twoFactor" set secret = $1, "backupCodes" = $2', [
      row.secret,
      row.backupCodes,
    ])
})

test('it is switched off with the password, and every act stands in the log', async () => {
  const ben = await halfWay()
  await ben.auth('/two-factor/verify-totp', { code: codeOf(secret) })
  expect((await ben.auth('/two-factor/disable', { password: 'wrong horse battery' })).body.code).toBe(
    'wrong-password',
  )
  expect((await ben.auth('/two-factor/disable', { password })).status).toBe(200)
  expect((await new Visitor(web).signIn(web.ben)).body.twoFactorRedirect).toBeUndefined()
  const rows = await web.database.query<{ action: string }>(
    `select distinct action from audit_log where user_id = $1 and action like 'two-factor%' order by 1`,
    [web.ben.id],
  )
  expect(rows.map(({ action }) => action)).toEqual([
    'two-factor.new-backup-codes',
    'two-factor.off',
    'two-factor.on',
  ])
})
