import { describe, expect, test } from 'vitest'
import { seedsOf } from '#src/simulator/seeds.ts'
import { venues } from '#src/simulator/venues/index.ts'
import type { Venue } from '#src/simulator/venues/venue.ts'

const [binance] = venues as [Venue]
const unified: Venue = { ...binance, name: 'one-wallet', isUnified: true }
const spotOnly: Venue = { ...binance, name: 'spot-only', markets: ['spot'] }
const all = [binance, unified, spotOnly]
const wish = {
  venue: 'binance',
  apiKey: 'a-key-of-tests',
  secret: 'a-secret-of-tests',
  balances: { USDT: '10' },
}

describe('what no account is made of', () => {
  test.each([
    [
      { ...wish, venue: 'mtgox' },
      'venue: "mtgox" is not simulated here; these are: binance, one-wallet, spot-only',
    ],
    [{ ...wish, venue: 'spot-only', market: 'futures' }, 'market: spot-only has no futures'],
    [{ ...wish, balances: { USDT: '-1' } }, 'balances.USDT: '],
    [{ ...wish, apiKey: 'short' }, 'apiKey: '],
    [{ ...wish, colour: 'red' }, 'Unrecognized key'],
    ['nothing', 'Invalid input'],
  ])('%j', (input, says) => {
    expect(() => seedsOf(input, all)).toThrow(says)
  })
})

test('a market that is named is the only one', () => {
  expect(seedsOf({ ...wish, market: 'futures' }, all)).toEqual([{ ...wish, market: 'futures' }])
})

test('without one, a venue with a wallet per market makes an account for each, under one key', () => {
  expect(seedsOf(wish, all)).toEqual([
    { ...wish, market: 'spot' },
    { ...wish, market: 'futures', apiKey: 'a-key-of-tests@futures' },
  ])
})

test('without one, a venue with one wallet makes one account of all its markets', () => {
  expect(seedsOf({ ...wish, venue: 'one-wallet', passphrase: 'three words' }, all)).toEqual([
    { ...wish, venue: 'one-wallet', passphrase: 'three words', market: 'unified' },
  ])
})

test('the rules of the simulator are those of accounts that say nothing of them', () => {
  const said = { ...wish, market: 'spot', settings: { rules: 'lenient', bnbBurn: 'true' } }
  expect(seedsOf({ ...wish, market: 'spot' }, all, 'strict')[0]?.settings).toEqual({ rules: 'strict' })
  expect(seedsOf(said, all, 'strict')[0]?.settings).toEqual(said.settings)
  expect(seedsOf({ ...wish, market: 'spot' }, all)[0]?.settings).toBeUndefined()
})

test('without one, a venue of one market makes an account of that', () => {
  expect(seedsOf({ ...wish, venue: 'spot-only' }, all)).toEqual([
    { ...wish, venue: 'spot-only', market: 'spot' },
  ])
})
