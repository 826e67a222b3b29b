import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { numberOf, type TxidKind, txidOf } from '#src/simulator/venues/kraken/txid.ts'

const kinds = fc.constantFrom<TxidKind>('O', 'T', 'L')
const numbers = fc.integer({ min: 0, max: 2 ** 40 - 1 })

describe('the ids of the venue', () => {
  test('have its form, and lead back to their number', () => {
    fc.assert(
      fc.property(kinds, numbers, (kind, number) => {
        const txid = txidOf(kind, number)
        expect(txid).toMatch(/^[OTL][A-Z2-7]{5}-[A-Z2-7]{5}-[A-Z2-7]{6}$/)
        expect(txid[0]).toBe(kind)
        expect(numberOf(kind, txid)).toBe(number)
      }),
    )
  })

  test('two numbers never share one', () => {
    fc.assert(
      fc.property(kinds, numbers, numbers, (kind, one, other) => {
        expect(txidOf(kind, one) === txidOf(kind, other)).toBe(one === other)
      }),
    )
  })

  test('another kind, and one letter changed, name nothing', () => {
    const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
    fc.assert(
      fc.property(numbers, fc.nat(14), fc.nat(31), (number, at, letter) => {
        const txid = txidOf('O', number)
        expect(numberOf('T', txid)).toBeUndefined()
        const place = [1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17][at] as number
        const changed = txid.slice(0, place) + letters[letter] + txid.slice(place + 1)
        expect(numberOf('O', changed)).toBe(changed === txid ? number : undefined)
      }),
    )
  })

  test('text that is none names nothing', () => {
    for (const text of ['', 'O', '17', 'OUF4EM-FRGI2-MQMWZD', 'oxm2qd-ealr2-ybaveu', 'O12345-12345-123456'])
      expect(numberOf('O', text)).toBeUndefined()
  })
})
