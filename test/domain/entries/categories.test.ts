import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { categoryOf, readCategories } from '#src/domain/entries/categories.ts'

test('a table with a row that is none is refused, by its name', () => {
  expect(() => readCategories({ BTC: 'l1', DOGE: 'memes' })).toThrow(
    /^the table .* not valid: DOGE: .*"meme"/,
  )
  expect(() => readCategories({ 'BTC/USDT': 'l1' })).toThrow('BTC/USDT')
  expect(() => readCategories({ btc: 'l1' })).toThrow('btc')
  expect(() => readCategories(['BTC'])).toThrow('not valid')
})

test('what nobody has put in the table is other', () => {
  for (const base of ['NOBODY', '', 'constructor']) expect(categoryOf(base)).toBe('other')
})

test('every base has one category', () => {
  const cases = [
    ['BTC', 'l1'],
    ['doge', 'meme'],
    ['UNI', 'defi'],
    ['ARB', 'l2'],
    ['USDT', 'stable'],
  ]
  for (const [base, category] of cases) expect(categoryOf(base ?? '')).toBe(category)
})

test('no base stands in the file twice', () => {
  const text = readFileSync(new URL('../../../src/domain/entries/categories.json', import.meta.url), 'utf8')
  const bases = [...text.matchAll(/"([A-Z0-9]+)":/g)].map(([, base]) => base)
  expect(bases.length).toBeGreaterThan(200)
  expect(new Set(bases).size).toBe(bases.length)
})
