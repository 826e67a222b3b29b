import { expect, test } from 'vitest'
import { findAccount } from '#db/accounts.ts'
import { findPosition } from '#db/positions.ts'
import { OrderRejected } from '#src/errors.ts'
import { raiseAlarm } from '#src/orders/alarm.ts'
import { haltOnMismatch } from '#src/orders/auto-halt.ts'
import { pauseOnBadKey } from '#src/orders/bad-key.ts'
import { planExit } from '#src/orders/plan.ts'
import { openFloor } from '#test/support/floor.ts'
import { carryOut, workOff } from '#test/support/hand-work.ts'

const floor = await openFloor()
const { db, database, desk } = floor

const alertsOf = (accountId: string) =>
  database.query<{ kind: string; severity: string; title: string; text: string; position_id: string | null }>(
    'select kind, severity, title, text, position_id from alerts where account_id = $1 order by raised_at',
    [accountId],
  )

test('an alarm comes with its cause or not at all, in the audit log and as an alert', async () => {
  const { account } = await floor.trader({ market: 'spot' })
  const about = { userId: account.userId, accountId: account.id, symbol: 'BTC/USDT', target: 'an order' }
  const alarm = { event: 'late-order', ...about, text: 'it rests at the venue' } as const
  const failing = db.transaction().execute(async (tx) => {
    await raiseAlarm({ ...desk, db: tx }, alarm)
    throw new Error('the cause did not happen')
  })
  await expect(failing).rejects.toThrow('did not happen')
  expect(await alertsOf(account.id)).toEqual([])
  await raiseAlarm(desk, alarm)
  expect(await alertsOf(account.id)).toMatchObject([
    {
      kind: 'late-order',
      severity: 'warning',
      title: 'An ended order still rested at the exchange: BTC/USDT',
      text: 'It rests at the venue.',
    },
  ])
})

test.each(['spot', 'futures'] as const)(
  'a trade on %s is told of when it begins and when it ends',
  async (market) => {
    const of = await floor.trader({ market })
    const positionId = await carryOut(desk, await floor.enter(of, { base: 'ETH', quantity: '1' }))
    const symbol = market === 'spot' ? 'ETH/USDT' : 'ETH/USDT:USDT'
    expect(await alertsOf(of.account.id)).toMatchObject([
      {
        kind: 'position-opened',
        severity: 'trade',
        title: `Opened: long ${symbol}`,
        position_id: positionId,
      },
    ])
    const price = Number((await findPosition(db, positionId))?.entryPrice)
    const exitId = await db.transaction().execute((tx) =>
      planExit(tx, desk.keys, {
        positionId,
        quantity: 'all',
        slots: ['close'],
        reason: 'manual',
        price,
        actor: desk.workerId,
      }),
    )
    await carryOut(desk, exitId ?? '')
    await workOff(desk, positionId)
    const [, closed, ...others] = await alertsOf(of.account.id)
    expect(others).toEqual([])
    expect(closed).toMatchObject({ kind: 'position-closed', position_id: positionId })
    expect(closed?.title).toMatch(/^Closed: long ETH\/USDT(:USDT)?, [+-]\d+\.\d\d USDT$/)
    expect(closed?.text).toContain('somebody closed it by hand. The result is')
  },
)

test('a key that is refused pauses its account and is told of once', async () => {
  const { account } = await floor.trader({ market: 'spot' })
  const refusal = new OrderRejected('signature=AbCdEf0123456789 is not valid', {
    code: 'invalid-key',
    advice: '',
  })
  await Promise.all([1, 2, 3].map(() => pauseOnBadKey(desk, account.id, refusal)))
  expect(await findAccount(db, account.id)).toMatchObject({ status: 'paused' })
  const [alert, ...others] = await alertsOf(account.id)
  expect(others).toEqual([])
  expect(alert).toMatchObject({ kind: 'key-refused', severity: 'critical' })
  expect(JSON.stringify(alert)).not.toContain('AbCdEf0123456789')
})

test('a halt that sets itself is told of once, by its rule', async () => {
  const { account } = await floor.trader({ market: 'spot' })
  expect(await haltOnMismatch(desk, account, '1 BTC is missing')).toBe(true)
  expect(await haltOnMismatch(desk, account, '1 BTC is missing')).toBe(false)
  expect(await alertsOf(account.id)).toMatchObject([
    { kind: 'auto-halt', severity: 'warning', title: 'Entries are stopped' },
  ])
})
