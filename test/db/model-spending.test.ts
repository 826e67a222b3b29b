import fc from 'fast-check'
import { expect, test } from 'vitest'
import { correctSpending, spend } from '#db/model-spending.ts'
import { testDatabase } from '../support/database.ts'

const database = await testDatabase()
const db = database.db()
const spent = async () =>
  (
    await database.query<{ tokens: string; usd: string }>(
      `select tokens, usd::float8 as usd from model_spending`,
    )
  )[0]
const forget = () => database.query('delete from model_spending')

test('no question goes beyond the budget, however many are asked at once', async () => {
  const cost = fc.record({ tokens: fc.integer({ min: 0, max: 500 }), cents: fc.integer({ min: 0, max: 50 }) })
  await fc.assert(
    fc.asyncProperty(fc.array(cost, { minLength: 1, maxLength: 12 }), async (costs) => {
      await forget()
      const limits = { tokens: 1_000, usd: 1 }
      const taken = await Promise.all(
        costs.map(({ tokens, cents }) => spend(db, { tokens, usd: cents / 100 }, limits)),
      )
      const sum = costs.filter((_, nth) => taken[nth]).reduce((all, { tokens }) => all + tokens, 0)
      const total = await spent()
      expect(Number(total?.tokens ?? 0)).toBe(sum)
      expect(Number(total?.tokens ?? 0)).toBeLessThanOrEqual(1_000)
      expect(Number(total?.usd ?? 0)).toBeLessThanOrEqual(1)
    }),
    { numRuns: 25 },
  )
})

test('a budget of nothing holds nothing, and without one everything is held', async () => {
  await forget()
  expect(await spend(db, { tokens: 1, usd: 0 }, { tokens: 0 })).toBe(false)
  expect(await spend(db, { tokens: 0, usd: 0.01 }, { usd: 0 })).toBe(false)
  expect(await spent()).toBeUndefined()
  expect(await spend(db, { tokens: 10_000_000, usd: 999 }, {})).toBe(true)
})

test('what was not used is given back', async () => {
  await forget()
  await spend(db, { tokens: 100, usd: 0.5 }, {})
  await correctSpending(db, { tokens: -40, usd: -0.2 })
  expect(await spent()).toEqual({ tokens: '60', usd: 0.3 })
  await correctSpending(db, { tokens: -100, usd: -1 })
  expect(await spent()).toEqual({ tokens: '0', usd: 0 })
})
