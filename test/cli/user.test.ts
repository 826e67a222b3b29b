import { describe, expect, test } from 'vitest'
import { allUsers, findUserByEmail } from '#db/users.ts'
import { digestOf } from '#src/secret.ts'
import { isPasswordOf } from '#src/web/sign-in.ts'
import { commandLine } from '../support/command.ts'
import { testDatabase } from '../support/database.ts'

const database = await testDatabase()
const secretKey = 'a key for tests, of thirty-two bytes or more'
const bullpen = commandLine({ DATABASE_URL: database.url, SECRET_KEY: secretKey })
const app = database.db('bullpen_app')
const password = 'correct horse battery'
await bullpen(['user', 'add', 'ada@example.test', '--password-stdin'], { input: password })

describe('wrong input is one clear line, code 1, and no user', () => {
  const add = (email: string, ...more: string[]) => ['user', 'add', email, '--password-stdin', ...more]
  test.concurrent.each([
    [
      'a short password',
      add('ben@example.test'),
      'short-one',
      'the password must have 12 to 128 characters, not 9',
    ],
    ['no password', add('ben@example.test'), '', 'the password must have 12 to 128 characters, not 0'],
    [
      'a password without end',
      add('ben@example.test'),
      'x'.repeat(129),
      'the password must have 12 to 128 characters, not 129',
    ],
    ['a taken e-mail', add('ada@example.test'), password, 'ada@example.test is a user already'],
    ['a taken e-mail in capitals', add('ADA@Example.Test'), password, 'ADA@Example.Test is a user already'],
    ['no e-mail', add('ben'), password, 'ben is not an e-mail address'],
    [
      'a bad role',
      add('ben@example.test', '--role', 'root'),
      password,
      "error: option '--role <role>' argument 'root' is invalid. Allowed choices are user, admin.",
    ],
    [
      'a role for nobody',
      ['user', 'role', 'nobody@example.test', 'admin'],
      '',
      'nobody signs in as nobody@example.test: npx bullpen user list',
    ],
    [
      'a link for nobody',
      ['user', 'reset', 'nobody@example.test'],
      '',
      'nobody signs in as nobody@example.test: npx bullpen user list',
    ],
    [
      'a password that everybody guesses',
      add('ben@example.test'),
      'Password1234',
      'the password is among the first that are guessed: take four words that do not belong together',
    ],
    [
      'a role that is none',
      ['user', 'role', 'ada@example.test', 'root'],
      '',
      'the role root does not exist: user or admin',
    ],
  ])('%s', async (_, args, input, line) => {
    const { code, stdout, stderr } = await bullpen(args, { input })
    expect(stdout).toBe('')
    expect(stderr.split('\n')[0]).toBe(line)
    if (!line.startsWith('error:')) expect(stderr).toBe(`${line}\n`)
    if (input.length > 8) expect(stderr).not.toContain(input)
    expect(code).toBe(1)
    expect(await findUserByEmail(app, 'ben@example.test')).toBeUndefined()
    expect((await findUserByEmail(app, 'ada@example.test'))?.role).toBe('user')
  })
})

test('a user that is added may sign in; the password is made up and told once, or taken and not told', async () => {
  const made = await bullpen(['user', 'add', 'Carl@example.test', '--role', 'admin', '--name', 'Carl C.'])
  expect(made).toMatchObject({ code: 0, stderr: '' })
  const [, told = ''] =
    /^Carl@example\.test may sign in as admin, password (\S{16})\n$/.exec(made.stdout) ?? []
  const carl = await findUserByEmail(app, 'carl@example.test')
  expect(carl).toMatchObject({ name: 'Carl C.', role: 'admin' })
  expect(await isPasswordOf(app, carl?.id ?? '', told)).toBe(true)

  const given = await bullpen(['user', 'add', 'dora@example.test', '--password-stdin'], {
    input: `${password}\n`,
  })
  expect(given).toEqual({ code: 0, stdout: 'dora@example.test may sign in as user\n', stderr: '' })
  const dora = await findUserByEmail(app, 'dora@example.test')
  expect(dora).toMatchObject({ name: 'dora', role: 'user' })
  expect(await isPasswordOf(app, dora?.id ?? '', password)).toBe(true)
})

test('a role is given, and the list tells everybody, for people and for machines', async () => {
  expect(await bullpen(['user', 'role', 'ADA@example.test', 'admin'])).toEqual({
    code: 0,
    stdout: 'ADA@example.test is admin from the next request on\n',
    stderr: '',
  })
  const [people, machines] = await Promise.all([
    bullpen(['user', 'list']),
    bullpen(['user', 'list', '--json']),
  ])
  expect(people.stdout).toMatch(/^ada@example\.test {2}admin {2}ada {2}since \d{4}-\d\d-\d\d$/m)
  const users = JSON.parse(machines.stdout)
  expect(users).toContainEqual(
    expect.objectContaining({ email: 'ada@example.test', role: 'admin', name: 'ada' }),
  )
  expect(machines.stdout).not.toMatch(/password|hash/i)
})

test('the last administrator stays one, and each act stands in the log', async () => {
  await bullpen(['user', 'role', 'ada@example.test', 'admin'])
  for (const { email, role } of await allUsers(app))
    if (role === 'admin' && email !== 'ada@example.test') await bullpen(['user', 'role', email, 'user'])
  expect(await bullpen(['user', 'role', 'ada@example.test', 'user'])).toEqual({
    code: 1,
    stdout: '',
    stderr: 'ada@example.test is the only administrator: make somebody else one first\n',
  })
  const rows = await database.query(
    `select actor, action, details from audit_log where target = 'ada@example.test' order by id limit 2`,
  )
  expect(rows).toMatchObject([
    { actor: 'command line', action: 'user.add', details: { role: 'user' } },
    { actor: 'command line', action: 'user.role', details: { to: 'admin' } },
  ])
})

test('who has lost the password is given a link, and the database its digest alone', async () => {
  const { code, stdout, stderr } = await bullpen(['user', 'reset', 'ada@example.test', '--two-factor'])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  const [, token = ''] = /^http:\/\/localhost:3000\/reset-password#([\w-]{43})\n$/.exec(stdout) ?? []
  const rows = await database.query<{ digest: Buffer; used_at: Date | null }>('select * from password_resets')
  expect(rows).toMatchObject([{ digest: digestOf(token), used_at: null }])
  expect(JSON.stringify(rows)).not.toContain(token)
})
