import { expect, test } from 'vitest'
import { queueNames } from '#src/queue/contracts.ts'
import { jobTitle, queuePurpose } from '#src/web/ops-words.ts'

const id = '1a2b3c4d-0000-4000-8000-000000000000'

test.each([
  [{ name: 'trading-cycle', data: { userId: id } }, 'trading-cycle · user 1a2b3c4d'],
  [{ name: 'fetch-signals', data: { source: 'smart_entry' } }, 'fetch-signals · source smart_entry'],
  [{ name: 'monitor-positions', data: { shard: 3 } }, 'monitor-positions · shard 3'],
  [
    { name: 'place-order', data: { orderId: id, exchange: 'binance', lane: 'exits', isRetry: true } },
    'place-order · order 1a2b3c4d · asked for by hand',
  ],
  [{ name: 'backtest', data: { backtestId: id } }, 'backtest · 1a2b3c4d'],
  [{ name: 'score-signals', data: {} }, 'score-signals'],
  [{ name: 'odd', data: null }, 'odd'],
  [{ name: 'odd', data: { nested: { secret: 'x' } } }, 'odd'],
])('%j is called %s', (job, title) => {
  expect(jobTitle(job)).toBe(title)
})

test('every queue says what it is for', () => {
  for (const name of queueNames) expect(queuePurpose(name), name).not.toBe('')
})
