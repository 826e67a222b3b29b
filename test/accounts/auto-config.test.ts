import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { tradingUsers } from '#db/accounts.ts'
import { findSettings, saveSettings } from '#db/trading-settings.ts'
import { openPaperAccount } from '#src/accounts/connect.ts'
import type { UserSettingsPatch } from '#src/domain/settings.ts'
import { resolveSettings } from '#src/domain/trading-settings.ts'
import { keys, openFloor } from '#test/support/floor.ts'

const floor = await openFloor()
const { db, database } = floor

test('without auto_config nothing is picked', async () => {
  const { user, account } = await connect({}, '15')
  expect(await findSettings(db, user, account)).toEqual({ user: {}, account: {} })
  expect(await auditOf(account)).toEqual([])
})

test('what the user set is never overwritten, before or after, and nor is the choice of a profile', async () => {
  const { user, account } = await connect({ auto_config: true, profile: 'ase', max_positions: 7 }, '15')
  const settings = async () => {
    const stored = await findSettings(db, user, account)
    return resolveSettings({ ...stored, market: 'futures' })
  }
  expect(await settings()).toMatchObject({ profile: 'ase', maxPositions: 7, leverage: 2, riskTiers: true })
  await saveSettings(db, user, null, { auto_config: true, profile: 'ase', leverage: 5 })
  expect(await settings()).toMatchObject({ maxPositions: 2, leverage: 5 })
})

test.each([
  ['19.99', 'micro', 2, 2, 'pro'],
  ['20', 'small', 3, 2, 'pro'],
  ['499.99', 'medium', 4, 2.5, 'pro'],
  ['500', 'standard', 5, 3, 'ase'],
] as const)('a balance of %s picks %s, which is told in the audit log', async (balance, ...expected) => {
  const [preset, maxPositions, leverage, profile] = expected
  const { user, account } = await connect({ auto_config: true }, balance)
  const stored = await findSettings(db, user, account)
  expect(stored.account).toEqual({ preset })
  expect(resolveSettings({ ...stored, market: 'futures' })).toMatchObject({ maxPositions, leverage, profile })
  expect(await auditOf(account)).toEqual([
    {
      user_id: user,
      actor: 'bullpen',
      details: expect.objectContaining({ preset, quote: 'USDT', settings: expect.any(Object) }),
    },
  ])
  expect(await tradingUsers(db)).toContainEqual({ userId: user, profile })
})

/** A user with these settings who connects a paper account of this balance. */
async function connect(settings: UserSettingsPatch, balance: string) {
  const user = randomUUID()
  await database.query(
    `insert into auth."user" (id, name, email, "emailVerified") values ($1, 'trader', $2, true)`,
    [user, `${user}@example.test`],
  )
  await saveSettings(db, user, null, settings)
  const parts = { db, keys, simulatorUrl: async () => floor.simulator.url }
  const wanted = {
    userId: user,
    name: 'main',
    exchange: 'binance',
    market: 'futures',
    quote: 'USDT',
  } as const
  const { id: account } = await openPaperAccount(parts, wanted, { USDT: balance })
  return { user, account }
}

function auditOf(account: string) {
  return database.query(
    `select user_id, actor, details from audit_log where action = 'account.auto-config' and target = $1`,
    [account],
  )
}
