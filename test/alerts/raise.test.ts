import { expect, test } from 'vitest'
import { type NewAlert, raiseAlert } from '#db/alerts.ts'
import { asTenant } from '#db/client.ts'
import { testDatabase } from '#test/support/database.ts'
import { addTenant } from '#test/support/tenant.ts'

const database = await testDatabase()
const db = database.db()
const app = database.db('bullpen_app')
const alice = await addTenant(database, { name: 'alice' })
const bob = await addTenant(database, { name: 'bob' })

const told = (more: Partial<NewAlert> = {}): NewAlert => ({
  kind: 'order-stuck',
  severity: 'critical',
  userId: alice.userId,
  accountId: alice.accountId,
  title: 'The outcome of an order is not known',
  text: 'The venue does not say what became of it.',
  ...more,
})

const rows = (kind: string) =>
  database.query<{ id: string; repeats: number; severity: string; title: string }>(
    'select id, repeats, severity, title from alerts where kind = $1 order by raised_at',
    [kind],
  )
const age = (kind: string, by: string) =>
  database.query('update alerts set raised_at = raised_at - $2::interval where kind = $1', [kind, by])

test('the same alert within 15 minutes is one alert that counts its repeats', async () => {
  const kind = 'counted'
  const first = await raiseAlert(db, told({ kind }))
  expect(first.isNew).toBe(true)
  expect(await raiseAlert(db, told({ kind, text: 'Again.' }))).toEqual({ id: first.id, isNew: false })
  await age(kind, '14 minutes')
  await raiseAlert(db, told({ kind }))
  expect(await rows(kind)).toMatchObject([{ repeats: 2 }])
  await age(kind, '1 minute')
  const second = await raiseAlert(db, told({ kind }))
  expect(second.isNew).toBe(true)
  expect(await rows(kind)).toMatchObject([{ repeats: 2 }, { id: second.id, repeats: 0 }])
})

test('another account, user, subject or kind is another alert', async () => {
  const kind = 'apart'
  for (const more of [
    {},
    { userId: bob.userId, accountId: bob.accountId },
    { subject: 'worker-1' },
    { subject: 'worker-2' },
    { userId: null },
  ])
    expect((await raiseAlert(db, told({ kind, ...more }))).isNew).toBe(true)
  const { accountId: _, ...ofUser } = told({ kind })
  expect((await raiseAlert(db, ofUser)).isNew).toBe(true)
  expect((await raiseAlert(db, ofUser)).isNew).toBe(false)
})

test('what has become worse is told again, what has become better is not', async () => {
  const kind = 'margin'
  await raiseAlert(db, told({ kind, severity: 'warning' }))
  expect((await raiseAlert(db, told({ kind, severity: 'critical' }))).isNew).toBe(true)
  expect((await raiseAlert(db, told({ kind, severity: 'warning' }))).isNew).toBe(false)
  expect(await rows(kind)).toMatchObject([
    { severity: 'warning', repeats: 0 },
    { severity: 'critical', repeats: 1 },
  ])
})

test('raised by many at once it is one', async () => {
  const kind = 'crowd'
  const crowd = () =>
    Promise.all(
      Array.from({ length: 12 }, () => db.transaction().execute((tx) => raiseAlert(tx, told({ kind })))),
    )
  const made = await crowd()
  expect(made.filter(({ isNew }) => isNew)).toHaveLength(1)
  expect(await rows(kind)).toMatchObject([{ repeats: 11 }])
  await age(kind, '1 hour')
  expect((await crowd()).filter(({ isNew }) => isNew)).toHaveLength(1)
  expect(await rows(kind)).toMatchObject([{ repeats: 11 }, { repeats: 11 }])
})

test('it is there exactly when its cause is: what is rolled back raised nothing', async () => {
  const kind = 'rolled-back'
  const failing = db.transaction().execute(async (tx) => {
    await raiseAlert(tx, told({ kind }))
    throw new Error('the cause did not happen')
  })
  await expect(failing).rejects.toThrow('the cause did not happen')
  expect(await rows(kind)).toEqual([])
})

test('whatever its texts are, whoever raises it goes on, and no secret gets through', async () => {
  const kind = 'hostile'
  const secret = 'AbCdEf0123456789'
  const { id } = await raiseAlert(
    db,
    told({
      kind,
      title: `\u0000${'x'.repeat(500)}`,
      text: `the venue said: apiKey=${secret}, "signature":"${secret}"\u0000\ud800 ${'😀'.repeat(3_000)}`,
      advice: ' ',
      subject: '\u0007'.repeat(900),
      facts: { apiKey: secret, note: `secret=${secret}\u0000\udfff`, price: 1.5, count: null },
    }),
  )
  const [row] = await database.query<{ said: string; facts: object }>(
    `select concat_ws(' ', title, text, advice, subject, facts) as said, facts from alerts where id = $1`,
    [id],
  )
  expect(row?.said).not.toContain(secret)
  expect(row?.facts).toMatchObject({ apiKey: '[hidden]', price: 1.5, count: null })
})

test('a user sees and acknowledges their own, and the operator’s are the administrators’', async () => {
  const kind = 'whose'
  await raiseAlert(db, told({ kind }))
  await raiseAlert(db, told({ kind, userId: bob.userId, accountId: bob.accountId }))
  const { accountId: _, ...operators } = told({ kind, userId: null })
  await raiseAlert(db, operators)
  const seenBy = (userId: string) =>
    asTenant(app, userId, (tx) =>
      tx.selectFrom('alerts').select('user_id').where('kind', '=', kind).execute(),
    )
  expect(await seenBy(alice.userId)).toEqual([{ user_id: alice.userId }])
  await database.query(`update auth."user" set role = 'admin' where id = $1`, [bob.userId])
  expect((await seenBy(bob.userId)).map((row) => row.user_id).sort()).toEqual([bob.userId, null].sort())

  const acknowledge = (userId: string) =>
    asTenant(app, userId, (tx) =>
      tx
        .updateTable('alerts')
        .set({ acknowledged_at: new Date(), acknowledged_by: userId })
        .where('kind', '=', kind)
        .returning('user_id')
        .execute(),
    )
  expect(await acknowledge(alice.userId)).toEqual([{ user_id: alice.userId }])
  await expect(asTenant(app, alice.userId, (tx) => raiseAlert(tx, operators))).rejects.toThrow(
    /row-level security/,
  )
  await expect(
    asTenant(app, alice.userId, (tx) =>
      raiseAlert(tx, told({ userId: bob.userId, accountId: bob.accountId })),
    ),
  ).rejects.toThrow(/row-level security/)
  expect((await asTenant(app, alice.userId, (tx) => raiseAlert(tx, told({ kind: 'own' })))).isNew).toBe(true)
})
