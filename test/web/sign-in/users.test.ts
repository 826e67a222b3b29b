import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { digestOf } from '#src/secret.ts'
import { letProofsAge, Visitor, visitorIn } from '../../support/visitor.ts'
import { password, type TestWeb, testWeb } from '../../support/web.ts'
import { webBeside } from '../../support/web-beside.ts'

let web: TestWeb
let ada: Visitor

const another = 'pflaume regen und tür'

beforeAll(async () => {
  web = await testWeb()
})

beforeEach(async () => {
  await web.database.query('delete from rate_limits')
  ada = await visitorIn(web, web.ada)
})

/** The secret at the end of a link, as the page sends it. */
function tokenIn(path: unknown): string {
  const [page, token = ''] = String(path).split('#')
  expect(page).toMatch(/^\/(invitation|reset-password)$/)
  return token
}

async function invited(email: string, role = 'user') {
  const { status, body } = await ada.api<{ id: string; path: string }>('POST', '/invitations', {
    email,
    role,
  })
  expect(status).toBe(201)
  return { id: body.id, token: tokenIn(body.path) }
}

async function audited(email: string): Promise<string[]> {
  const rows = await web.database.query<{ action: string }>(
    'select action from audit_log where target = $1 order by id',
    [email],
  )
  return rows.map(({ action }) => action)
}

describe('an invitation', () => {
  const accept = (token: string, more: object = {}) =>
    new Visitor(web).auth('/invitation/accept', { token, name: 'Cleo', password: another, ...more })

  test.each([
    ['that was never made', async () => 'a'.repeat(43)],
    [
      'that is too old',
      async () => {
        const { id, token } = await invited('old@example.test')
        await web.database.query(
          `update user_invitations set created_at = now() - interval '9 days', expires_at = now() - interval '1 s' where id = $1`,
          [id],
        )
        return token
      },
    ],
    [
      'that was taken back',
      async () => {
        const { id, token } = await invited('back@example.test')
        expect((await ada.api('DELETE', `/invitations/${id}`)).status).toBe(200)
        return token
      },
    ],
    [
      'that another one has replaced',
      async () => {
        const { token } = await invited('twice@example.test')
        await invited('twice@example.test')
        return token
      },
    ],
    [
      'whose digest somebody has read',
      async () => digestOf((await invited('digest@example.test')).token).toString('hex'),
    ],
  ])('%s opens nothing', async (_, make) => {
    const token = await make()
    expect((await accept(token)).body.code).toBe('dead-link')
    expect((await new Visitor(web).auth('/invitation', { token })).body.code).toBe('dead-link')
  })

  test('makes one user, once, and outlives a password that is too easy', async () => {
    const { token } = await invited('Cleo@Example.test', 'admin')
    expect((await new Visitor(web).auth('/invitation', { token })).body).toMatchObject({
      email: 'cleo@example.test',
      role: 'admin',
    })
    expect((await accept(token, { password: 'password1234' })).body.code).toBe('weak-password')
    expect((await accept(token, { name: '' })).body.code).toBe('invalid-request')
    const answers = await Promise.all([accept(token), accept(token), accept(token)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 410, 410])
    const cleo = new Visitor(web)
    expect((await cleo.signIn({ email: 'cleo@example.test' }, another)).status).toBe(200)
    expect((await cleo.api('GET', '/me')).body).toMatchObject({ name: 'Cleo', role: 'admin' })
    expect(await audited('cleo@example.test')).toEqual(['user.invite', 'user.join', 'sign-in'])
  })

  test('is an administrator’s to make, with a fresh proof, and not for who is here', async () => {
    const ben = await visitorIn(web, web.ben)
    expect((await ben.api('POST', '/invitations', { email: 'x@example.test' })).body.code).toBe('admins-only')
    expect((await ben.api('GET', '/invitations')).body.code).toBe('admins-only')
    expect((await ada.api('POST', '/invitations', { email: 'BEN@example.test' })).body.code).toBe(
      'address-taken',
    )
    expect((await ada.api('POST', '/invitations', { email: 'nobody' })).body.code).toBe('invalid-request')
    await letProofsAge(web)
    expect((await ada.api('POST', '/invitations', { email: 'x@example.test' })).body.code).toBe(
      'step-up-required',
    )
  })

  test('is shown to no other tenant, whatever a query forgets', async () => {
    await invited('hidden@example.test')
    const rows = await web.app.selectFrom('user_invitations').selectAll().execute()
    expect(rows).toEqual([])
  })
})

describe('a link to choose a new password', () => {
  test('works once, ends every session, and leaves who had it out afterwards', async () => {
    const ben = await visitorIn(web, web.ben)
    const first = await ada.api('POST', `/users/${web.ben.id}/reset-link`)
    const { status, body } = await ada.api('POST', `/users/${web.ben.id}/reset-link`)
    expect(status).toBe(201)
    const stranger = new Visitor(web)
    const token = tokenIn(body.path)
    const reset = (of: string, word = another) =>
      stranger.auth('/reset-password', { token: of, password: word })
    expect((await reset(tokenIn(first.body.path))).body.code).toBe('dead-link')
    expect((await reset(token, 'short')).body.code).toBe('weak-password')
    expect((await ben.api('GET', '/me')).status).toBe(200)
    expect((await reset(token)).status).toBe(200)
    expect((await reset(token)).body.code).toBe('dead-link')
    expect((await ben.api('GET', '/me')).status).toBe(401)
    expect((await ben.signIn(web.ben)).status).toBe(401)
    expect((await ben.signIn(web.ben, another)).status).toBe(200)
    const back = { currentPassword: another, newPassword: password, revokeOtherSessions: true }
    expect((await ben.auth('/change-password', back)).status).toBe(200)
  })

  test('is too old after an hour, and opens nothing for who is switched off', async () => {
    const { body } = await ada.api('POST', `/users/${web.ben.id}/reset-link`)
    await web.database.query(
      `update password_resets set created_at = now() - interval '2 h', expires_at = now() - interval '1 s' where used_at is null`,
    )
    const late = { token: tokenIn(body.path), password: another }
    expect((await new Visitor(web).auth('/reset-password', late)).body.code).toBe('dead-link')
  })
})

describe('an administrator', () => {
  test('changes roles, and the next request of that person has it', async () => {
    const ben = await visitorIn(web, web.ben)
    expect((await ben.api('GET', '/users')).body.code).toBe('admins-only')
    expect((await ada.api('PATCH', `/users/${web.ben.id}`, { role: 'admin' })).status).toBe(200)
    expect((await ben.api('GET', '/users')).status).toBe(200)
    expect((await ada.api('PATCH', `/users/${web.ben.id}`, { role: 'user' })).status).toBe(200)
    expect((await ben.api('GET', '/users')).body.code).toBe('admins-only')
  })

  test('cannot change themselves, nor somebody who is none', async () => {
    expect((await ada.api('PATCH', `/users/${web.ada.id}`, { role: 'user' })).body.code).toBe('yourself')
    expect((await ada.api('PATCH', `/users/${web.ada.id}`, { isDisabled: true })).body.code).toBe('yourself')
    const nobody = '00000000-0000-4000-8000-000000000000'
    expect((await ada.api('PATCH', `/users/${nobody}`, { role: 'user' })).status).toBe(404)
    expect((await ada.api('PATCH', `/users/${web.ben.id}`, {})).body.code).toBe('invalid-request')
  })

  test('two who disable each other at once leave one', async () => {
    await web.database.query(`update auth."user" set role = 'admin' where id = $1`, [web.ben.id])
    await web.database.query(`update auth."user" set banned = true where email = 'cleo@example.test'`)
    const ben = await visitorIn(web, web.ben)
    await Promise.all([
      ada.api('PATCH', `/users/${web.ben.id}`, { isDisabled: true }),
      ben.api('PATCH', `/users/${web.ada.id}`, { isDisabled: true }),
    ])
    const [row] = await web.database.query<{ admins: string }>(
      `select count(*) as admins from auth."user" where role = 'admin' and banned is not true`,
    )
    expect(row?.admins).toBe('1')
    await web.database.query(`update auth."user" set banned = false where id in ($1, $2)`, [
      web.ada.id,
      web.ben.id,
    ])
    await web.database.query(`update auth."user" set role = 'user' where id = $1`, [web.ben.id])
  })

  test('switches somebody off: sessions end at once, the password opens nothing, and says so to who knows it alone', async () => {
    const ben = await visitorIn(web, web.ben)
    expect((await ada.api('PATCH', `/users/${web.ben.id}`, { isDisabled: true })).body).toMatchObject({
      isDisabled: true,
    })
    expect((await ben.api('GET', '/me')).status).toBe(401)
    const visitor = new Visitor(web)
    expect((await visitor.signIn(web.ben)).body.code).toBe('user-disabled')
    expect((await visitor.signIn(web.ben, 'wrong horse battery')).body.code).toBe('wrong-password')
    expect((await ada.api('POST', `/users/${web.ben.id}/reset-link`)).body.code).toBe('user-disabled')
    expect((await ada.api('PATCH', `/users/${web.ben.id}`, { isDisabled: false })).status).toBe(200)
    expect((await visitor.signIn(web.ben)).status).toBe(200)
    expect(await audited(web.ben.email)).toEqual(
      expect.arrayContaining(['user.role', 'user.disable', 'user.enable']),
    )
  })

  test('does none of it through the library’s own paths', async () => {
    for (const path of [
      '/admin/set-role',
      '/admin/ban-user',
      '/admin/create-user',
      '/admin/set-user-password',
      '/admin/impersonate-user',
      '/admin/list-users',
      '/update-user',
      '/change-email',
      '/delete-user',
      '/list-sessions',
      '/revoke-session',
      '/get-session',
    ])
      for (const method of ['GET', 'POST'])
        expect((await ada.ask(method, `/api/auth${path}`, method === 'POST' ? {} : undefined)).status).toBe(
          404,
        )
  })

  test('sees everybody, with no secret of theirs', async () => {
    const { body } = await ada.api<{ items: { email: string; seenAt: string | null }[] }>('GET', '/users')
    expect(body.items.map(({ email }) => email)).toEqual(
      expect.arrayContaining([web.ada.email, web.ben.email]),
    )
    expect(body.items.find(({ email }) => email === web.ada.email)?.seenAt).toMatch(/Z$/)
    expect(JSON.stringify(body)).not.toMatch(/password|token|secret/i)
  })
})

describe('sessions', () => {
  test('are listed in words, with this one marked, and end one by one and all at once', async () => {
    await web.database.query('delete from auth.session where "userId" = $1', [web.ben.id])
    const here = await visitorIn(web, web.ben)
    const phone = new Visitor(
      web,
      'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Version/19.0 Safari/604.1',
    )
    await phone.signIn(web.ben)
    const third = await visitorIn(web, web.ben)
    type Item = { id: string; device: string; isThis: boolean }
    const { body } = await here.api<{ items: Item[] }>('GET', '/sessions')
    expect(body.items).toHaveLength(3)
    expect(body.items.filter(({ isThis }) => isThis)).toMatchObject([{ device: 'Firefox on Linux' }])
    const onPhone = body.items.find(({ device }) => device === 'Safari on iPhone')
    expect((await ada.api('DELETE', `/sessions/${onPhone?.id}`)).status).toBe(404)
    expect((await here.api('DELETE', `/sessions/${onPhone?.id}`)).status).toBe(200)
    expect((await phone.api('GET', '/me')).status).toBe(401)
    expect((await here.api('DELETE', '/sessions')).body).toEqual({ ended: 1 })
    expect((await third.api('GET', '/me')).status).toBe(401)
    expect((await here.api('GET', '/me')).status).toBe(200)
  })

  test('end after 30 days, however much they are used', async () => {
    const ben = await visitorIn(web, web.ben)
    await web.database.query(
      `update auth.session set "createdAt" = now() - interval '31 days' where "userId" = $1`,
      [web.ben.id],
    )
    expect((await ben.api('GET', '/me')).status).toBe(401)
  })

  test('that are over open nothing, and are forgotten when somebody signs in', async () => {
    const ben = await visitorIn(web, web.ben)
    await web.database.query(
      `update auth.session set "expiresAt" = now() - interval '1 s' where "userId" = $1`,
      [web.ben.id],
    )
    expect((await ben.api('GET', '/me')).status).toBe(401)
    await visitorIn(web, web.ada)
    const over = await web.database.query('select 1 from auth.session where "expiresAt" < now()')
    expect(over).toEqual([])
  })

  test('live on when they are used, and the browser hears of it', async () => {
    const ben = await visitorIn(web, web.ben)
    await web.database.query(
      `update auth.session set "updatedAt" = now() - interval '1 day', "expiresAt" = now() + interval '6 days' where "userId" = $1`,
      [web.ben.id],
    )
    const { headers } = await ben.api('GET', '/me')
    expect(headers.getSetCookie().join()).toMatch(/session_token=.*Max-Age=604800.*HttpOnly.*SameSite=Lax/i)
    expect((await ben.api('GET', '/me')).headers.getSetCookie()).toEqual([])
  })

  test('that are ended end their stream of live updates', async () => {
    const ben = await visitorIn(web, web.ben)
    const cookie = [...ben.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const stream = await fetch(`${web.origin}/api/v1/events`, { headers: { cookie } })
    expect(stream.status).toBe(200)
    await (await visitorIn(web, web.ben)).api('DELETE', '/sessions')
    // It ends by itself, or this test does not.
    for await (const _ of stream.body ?? []);
  })
})

describe('one’s own profile', () => {
  test('takes another address with a fresh proof, and no address that somebody has', async () => {
    const ben = await visitorIn(web, web.ben)
    expect((await ben.api('PATCH', '/me', { email: web.ada.email })).body.code).toBe('address-taken')
    expect((await ben.api('PATCH', '/me', { email: 'nobody' })).body.code).toBe('invalid-request')
    expect((await ben.api('PATCH', '/me', {})).body.code).toBe('invalid-request')
    await letProofsAge(web)
    expect((await ben.api('PATCH', '/me', { name: 'Benedikt' })).body).toMatchObject({ name: 'Benedikt' })
    expect((await ben.api('PATCH', '/me', { email: 'benno@example.test' })).body.code).toBe(
      'step-up-required',
    )
    await ben.auth('/step-up', { password })
    expect((await ben.api('PATCH', '/me', { email: 'Benno@example.test' })).status).toBe(200)
    expect((await new Visitor(web).signIn(web.ben)).status).toBe(401)
    const benno = new Visitor(web)
    expect((await benno.signIn({ email: 'benno@example.test' })).status).toBe(200)
    expect((await benno.api('PATCH', '/me', { email: web.ben.email, name: 'Ben' })).status).toBe(200)
  })

  test('takes another password, which ends every other session and tells nobody', async () => {
    const ben = await visitorIn(web, web.ben)
    const elsewhere = await visitorIn(web, web.ben)
    const change = { currentPassword: password, newPassword: another, revokeOtherSessions: true }
    expect(
      (await ben.auth('/change-password', { ...change, newPassword: 'ben@example.test' })).body.code,
    ).toBe('weak-password')
    expect((await ben.auth('/change-password', { ...change, currentPassword: another })).body.code).toBe(
      'wrong-password',
    )
    const { status, body } = await ben.auth('/change-password', change)
    expect(status).toBe(200)
    expect(JSON.stringify(body)).not.toMatch(/token/)
    expect((await ben.api('GET', '/me')).status).toBe(200)
    expect((await elsewhere.api('GET', '/me')).status).toBe(401)
    await ben.auth('/change-password', { ...change, currentPassword: another, newPassword: password })
    expect(web.lines.join('\n')).not.toContain(another)
  })
})

describe('where everybody may sign up', () => {
  let open: Awaited<ReturnType<typeof webBeside>>

  beforeAll(async () => {
    open = await webBeside(web, 'open')
    return () => open.close()
  })

  const eve = { email: 'eve@example.test', name: 'Eve', password: another }

  test.each([
    ['with a password that is guessed first', { password: 'Password1234' }, 'weak-password'],
    ['with their address as a password', { password: 'eve@example.test' }, 'weak-password'],
    ['without a name', { name: '' }, 'no-name'],
    ['without an address', { email: 'eve' }, 'no-address'],
    ['as somebody who is here', { email: 'ADA@example.test' }, 'address-taken'],
  ])('nobody does %s', async (_, change, code) => {
    const visitor = new Visitor(open)
    expect((await visitor.auth('/sign-up/email', { ...eve, ...change })).body.code).toBe(code)
    expect(visitor.cookies.size).toBe(0)
  })

  test('nobody makes an administrator of themselves', async () => {
    for (const more of [{ role: 'admin' }, { banned: false, twoFactorEnabled: true, emailVerified: true }]) {
      const visitor = new Visitor(open)
      const email = `eve-${Object.keys(more).length}@example.test`
      await visitor.auth('/sign-up/email', { ...eve, email, ...more })
      const rows = await web.database.query(
        'select role, "emailVerified" from auth."user" where email = $1',
        [email],
      )
      for (const row of rows) expect(row).toEqual({ role: 'user', emailVerified: false })
    }
  })

  test('a new user is in at once, and is a plain one', async () => {
    expect((await new Visitor(open).ask('GET', '/api/auth/ways')).body).toMatchObject({ signUp: 'open' })
    const visitor = new Visitor(open)
    expect((await visitor.auth('/sign-up/email', eve)).status).toBe(200)
    const known = new Visitor(web)
    for (const [name, value] of visitor.cookies) known.cookies.set(name, value)
    expect((await known.api('GET', '/me')).body).toMatchObject({ email: eve.email, role: 'user' })
    expect(await audited(eve.email)).toEqual(['user.sign-up'])
  })

  test('by invitation alone it says so', async () => {
    expect((await new Visitor(web).ask('GET', '/api/auth/ways')).body).toMatchObject({ signUp: 'invite' })
    expect((await new Visitor(web).auth('/sign-up/email', eve)).body.code).toBe('invitation-needed')
  })
})
