import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hasRoomFor, onTick, type Steered, stopRoom, targetRoom } from '#src/domain/exits/steer.ts'
import { directionOf } from '#src/domain/side.ts'
import { tickOf } from '#src/domain/tick.ts'

const long: Steered = {
  side: 'long',
  entryPrice: 100,
  lastPrice: 104,
  stopLoss: 97,
  trailingStop: null,
  tick: tickOf('0.5'),
}
const short: Steered = { ...long, side: 'short', lastPrice: 96, stopLoss: 103 }

describe('where a stop may go', () => {
  test.each([
    { why: 'a long: from where it is to one tick before the price', position: long, room: [97, 103.5] },
    { why: 'a short, mirrored', position: short, room: [96.5, 103] },
    {
      why: 'a trailing stop that is tighter holds already',
      position: { ...long, trailingStop: 102 },
      room: [102, 103.5],
    },
    {
      why: 'without any stop, anywhere before the price',
      position: { ...long, stopLoss: null },
      room: [0.5, 103.5],
    },
  ])('$why', ({ position, room }) => {
    expect(stopRoom(position)).toEqual({ from: room[0], to: room[1] })
  })

  test('nowhere when the price is at the stop', () => {
    expect(stopRoom({ ...long, lastPrice: 97 })).toBeNull()
    expect(stopRoom({ ...short, lastPrice: 103 })).toBeNull()
  })
})

test.each([
  { why: 'a long: one tick beyond the price to twice the entry', position: long, room: [104.5, 200] },
  { why: 'a short: one tick beyond the price to a tenth of the entry', position: short, room: [10, 95.5] },
])('where a target may go: $why', ({ position, room }) => {
  expect(targetRoom(position)).toEqual({ from: room[0], to: room[1] })
})

const price = fc.double({ min: 1, max: 1_000, noNaN: true })
const positions = fc.record({
  side: fc.constantFrom('long' as const, 'short' as const),
  entryPrice: price,
  lastPrice: price,
  stopLoss: fc.option(price, { nil: null }),
  trailingStop: fc.option(price, { nil: null }),
  tick: fc.option(fc.constantFrom(tickOf('0.01'), tickOf('0.5')), { nil: null }),
})

test('whatever fits, a stop never loosens, never passes the price, and a target is beyond it', () => {
  fc.assert(
    fc.property(positions, price, (position, wish) => {
      const wanted = onTick(wish, position)
      const direction = directionOf(position.side)
      if (hasRoomFor(stopRoom(position), wanted)) {
        expect((position.lastPrice - wanted) * direction).toBeGreaterThan(0)
        for (const held of [position.stopLoss, position.trailingStop])
          if (held !== null) expect((wanted - held) * direction).toBeGreaterThanOrEqual(0)
      }
      if (hasRoomFor(targetRoom(position), wanted))
        expect((wanted - position.lastPrice) * direction).toBeGreaterThan(0)
    }),
    { numRuns: 2_000 },
  )
})
