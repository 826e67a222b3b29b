import { expect, test } from 'vitest'
import { orderOrThrow } from '#db/orders.ts'
import { liveSignalsFor, recordSignal } from '#db/signals.ts'
import { saveSettings } from '#db/trading-settings.ts'
import type { UserSettingsPatch } from '#src/domain/settings.ts'
import { defaultTrustedSources } from '#src/domain/signal.ts'
import { placeOrder } from '#src/orders/place.ts'
import { sendOrder } from '#src/orders/send.ts'
import { decideAll } from '#src/trading/cycle.ts'
import { judgeWith } from '#src/trading/decide-again.ts'
import { keys, openFloor, type Trader } from '#test/support/floor.ts'

const floor = await openFloor()
const { db, database } = floor
const desk = {
  ...floor.desk,
  config: { ...floor.desk.config, trustedSources: defaultTrustedSources },
  setupFilter: () => ({ weights: undefined }),
}
const retry = (orderId: string) => placeOrder(desk, orderId, { isRetry: true, judge: judgeWith(desk) })

/** A trader whose cycle has entered on BTC, and whose entry the venue refused: it had less than the books say. */
async function refusedEntry(settings: UserSettingsPatch): Promise<{ trader: Trader; orderId: string }> {
  const trader = await floor.trader({ market: 'spot', balances: { USDT: '1' } })
  await database.query(`update ledger set amount = 10000 where account_id = $1`, [trader.account.id])
  await saveSettings(db, trader.account.userId, null, { sources: ['smart_entry'], ...settings })
  const saidAtMs = Date.now()
  await recordSignal(db, {
    source: 'smart_entry',
    symbol: 'BTC/USDT',
    userId: trader.account.userId,
    action: 'BUY',
    confidence: 0.9,
    reasoning: 'a test',
    details: {},
    price: 1,
    saidAtMs,
    expiresAtMs: saidAtMs + 3_600_000,
  })
  const cycle = {
    db,
    keys,
    account: trader.account,
    feed: desk.feedOf(trader.account),
    trustedSources: defaultTrustedSources,
    setupFilter: () => ({ weights: undefined }),
    speed: 1,
    marketNowMs: Date.now(),
    actor: 'test',
  }
  const signals = await liveSignalsFor(db, trader.account.userId, Date.now())
  for await (const { orderId } of decideAll(cycle, signals))
    if (orderId !== undefined) {
      expect(await sendOrder(desk, orderId)).toMatchObject({ state: 'rejected' })
      return { trader, orderId }
    }
  throw new Error('the cycle took nothing')
}

test('what its own first attempt left does not stand in the way of a second', async () => {
  const { orderId } = await refusedEntry({ daily_trade_limit: 1, hourly_trade_limit: 1 })
  const retried = await retry(orderId)
  expect(retried).toMatchObject({ outcome: { kind: 'done' }, planned: [{ purpose: 'entry' }] })
  const [first, second] = [
    await orderOrThrow(db, orderId),
    await orderOrThrow(db, retried.planned[0]?.id ?? ''),
  ]
  expect(second).toMatchObject({ attempt: 2, positionId: first.positionId, state: 'planned' })
  expect(Number(second.quantity)).toBeLessThanOrEqual(Number(first.quantity))
})

test.each([
  ['max_positions', { max_positions: 1 }],
  ['size', { max_position: 1 }],
] as const)('a limit that is reached by now refuses the second: %s', async (rule, settings) => {
  const { trader, orderId } = await refusedEntry({})
  await floor.enter(trader, { base: 'ETH', quantity: '0.001' })
  await saveSettings(db, trader.account.userId, null, { sources: ['smart_entry'], ...settings })
  expect(await retry(orderId)).toMatchObject({
    outcome: {
      kind: 'failed',
      reason: expect.stringMatching(new RegExp(`was not tried again: (${rule}|minimum): `)),
    },
    planned: [],
  })
})
