import { expect, test } from 'vitest'
import { resealKey } from '#src/accounts/reseal-key.ts'
import { examineAll } from '#src/doctor/check.ts'
import { secretKeyCheck } from '#src/doctor/secret-key.ts'
import { type KeyRing, keyRing } from '#src/vault/key-ring.ts'
import { keys, openFloor, secretKey } from '../support/floor.ts'

const floor = await openFloor()
const { db, database, desk } = floor
const newer = 'a newer key for tests, of thirty-two bytes or more'
const rotated = keyRing(newer, [secretKey])
const found = async (ring: KeyRing) => (await examineAll([secretKeyCheck(db, ring)]))[0]

test('without accounts all is well', async () => {
  expect(await found(keys)).toMatchObject({
    ok: true,
    detail: 'all 0 keys are sealed under the current SECRET_KEY',
  })
})

test('what no key opens is named, what waits is counted, and in the end the previous key may go', async () => {
  const traders = await Promise.all(Array.from({ length: 7 }, () => floor.trader({ market: 'spot' })))
  const ids = traders.map(({ account }) => account.id)
  const lost = await found(keyRing(newer, ['a key that sealed nothing at all in here']))
  expect(lost).toMatchObject({
    ok: false,
    detail: expect.stringMatching(
      /^no SECRET_KEY opens the key of (spot \([0-9a-f-]{36}\), ){5}and 2 more accounts$/,
    ),
    advice: expect.stringContaining('SECRET_KEY_PREVIOUS'),
  })
  expect(JSON.stringify(lost)).not.toContain(newer)

  expect(await found(rotated)).toEqual({
    id: 'secret-key',
    ok: true,
    detail:
      '7 of 7 keys are sealed under a previous SECRET_KEY until their daily check: SECRET_KEY_PREVIOUS stays',
    advice: '',
  })
  for (const id of ids.slice(0, 3)) await resealKey({ ...desk, keys: rotated }, id)
  expect(await found(rotated)).toMatchObject({ ok: true, detail: expect.stringMatching(/^4 of 7 keys/) })

  const [, , , moved = '', ...others] = ids
  await database.query(
    `update api_keys set sealed = jsonb_set(sealed, '{secret}', sealed -> 'apiKey') where account_id = $1`,
    [moved],
  )
  expect(await found(rotated)).toMatchObject({
    ok: false,
    detail: `no SECRET_KEY opens the key of spot (${moved}); 3 of 7 keys are sealed under a previous SECRET_KEY until their daily check: SECRET_KEY_PREVIOUS stays`,
  })

  await database.query(`update accounts set status = 'closed' where id = $1`, [moved])
  for (const id of others) await resealKey({ ...desk, keys: rotated }, id)
  expect(await found(rotated)).toMatchObject({
    ok: true,
    detail: 'all 6 keys are sealed under the current SECRET_KEY: none needs SECRET_KEY_PREVIOUS',
  })
  expect(await found(keyRing(newer))).toMatchObject({ ok: true })
})
