import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { Decimal } from '#src/domain/decimal.ts'
import { executionIdOf, orderIdOf } from '#src/simulator/venues/bybit/ids.ts'
import { type BybitBench, keys, orderBody, send, startBybit } from './bench.ts'

let bench: BybitBench | undefined
afterEach(async () => {
  await bench?.simulator.stop()
  bench = undefined
})

test('no two orders and no two executions share a name, whatever their numbers and markets', () => {
  const numbers = fc.uniqueArray(fc.nat(2 ** 40), { minLength: 2, maxLength: 50 })
  fc.assert(
    fc.property(numbers, (ids) => {
      const names = ids.flatMap((id) => [
        orderIdOf('spot', id),
        orderIdOf('futures', id),
        executionIdOf('spot', id),
        executionIdOf('futures', id),
      ])
      expect(new Set(names).size).toBe(4 * ids.length)
    }),
  )
})

const act = fc.record({
  category: fc.constantFrom('spot', 'linear'),
  side: fc.constantFrom('Buy', 'Sell'),
  thousandths: fc.integer({ min: 1, max: 20 }),
  deposit: fc.integer({ min: 0, max: 50 }),
})

test('whatever is traded and moved, the log of the wallet sums up to the wallet', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 12 }), async (acts) => {
      bench = await startBybit([], { enforceLimits: false })
      const { simulator } = bench
      for (const { category, side, thousandths, deposit } of acts) {
        const qty = new Decimal(thousandths).div(1_000).toString()
        const order = { side, qty, orderType: 'Market', marketUnit: 'baseCoin' }
        await send(simulator.url, 'POST', '/v5/order/create', orderBody(category as 'spot', order))
        if (deposit > 0)
          simulator.hand({ apiKey: keys.apiKey, do: 'deposit', asset: 'USDT', amount: String(deposit) })
      }
      const log = await send(simulator.url, 'GET', '/v5/account/transaction-log', { limit: 50 })
      const { balances } = simulator.ledger().accounts[0] ?? {}
      for (const [coin, start] of [
        ['USDT', '10000'],
        ['BTC', '1'],
      ] as const) {
        const rows = log.body.result.list.filter(({ currency }) => currency === coin)
        const total = rows.reduce((sum, { change }) => sum.plus(String(change)), new Decimal(start))
        const { free = '0', locked = '0' } = balances?.[coin] ?? {}
        expect(total.toString()).toBe(new Decimal(free).plus(locked).toString())
        if (rows.length > 0) expect(rows[0]?.cashBalance).toBe(total.toString())
      }
      await simulator.stop()
      bench = undefined
    }),
    { numRuns: 15 },
  )
})
