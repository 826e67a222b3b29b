import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { judge, type Measure } from '#src/bench/row.ts'
import { compare, median, quantile, spread } from '#src/bench/statistics.ts'

const figure = fc.double({ min: 0.001, max: 1e9, noNaN: true })
const figures = fc.array(figure, { minLength: 1, maxLength: 30 })

describe('the middle of some rounds', () => {
  test.each([
    [[], Number.NaN],
    [[3], 3],
    [[1, 2], 1.5],
    [[9, 1, 5], 5],
    [[4, 1, 3, 2], 2.5],
  ])('of %j is %d', (values, middle) => {
    expect(median(values)).toBe(middle)
  })

  test('is the same in any order, lies within the spread, and as many values are above as below', () => {
    fc.assert(
      fc.property(figures, (values) => {
        const middle = median(values)
        const [least, greatest] = spread(values)
        expect(median(values.toReversed())).toBe(middle)
        expect(middle).toBeGreaterThanOrEqual(least)
        expect(middle).toBeLessThanOrEqual(greatest)
        const above = values.filter((value) => value > middle).length
        const below = values.filter((value) => value < middle).length
        expect(Math.max(above, below)).toBeLessThanOrEqual(values.length / 2)
      }),
    )
  })
})

test('a quantile is one of the values, and no quantile above it is smaller', () => {
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(figures, share, share, (values, a, b) => {
      expect(values).toContain(quantile(values, a))
      expect(quantile(values, Math.max(a, b))).toBeGreaterThanOrEqual(quantile(values, Math.min(a, b)))
    }),
  )
})

describe('comparing rounds', () => {
  test('one round alone is refused, for the first one is dropped', () => {
    expect(() => compare([{ floor: 1, ours: 1 }])).toThrow(/two rounds/)
  })

  test('the first round counts for nothing', () => {
    const rounds = [
      { floor: 1, ours: 99 },
      { floor: 10, ours: 5 },
      { floor: 20, ours: 20 },
    ]
    expect(compare(rounds)).toEqual({
      floor: 15,
      ours: 12.5,
      ratio: 0.75,
      spread: [0.5, 1],
      increase: -2.5,
      increaseSpread: [-5, 0],
    })
  })

  test('a slow round is slow on both sides, and does not move the ratio', () => {
    const slowness = fc.double({ min: 0.01, max: 100, noNaN: true })
    fc.assert(
      fc.property(
        figure,
        figure,
        fc.array(slowness, { minLength: 2, maxLength: 9 }),
        (floor, ours, rounds) => {
          const compared = compare(rounds.map((slow) => ({ floor: floor * slow, ours: ours * slow })))
          expect(compared.ratio / (ours / floor)).toBeCloseTo(1, 9)
        },
      ),
    )
  })
})

describe('a row', () => {
  const rounds = [100, 50, 60].map((ours) => ({ floor: 100, ours }))
  const measure = (goal: Measure['goal'], usualFloor?: Measure['usualFloor']): Measure => ({
    id: '0-x',
    metric: 'x',
    goal,
    ...(usualFloor && { usualFloor }),
  })

  test.each([
    [{ of: 'ratio', bound: 'at least', value: 0.5 }, true, '≥ 0.5×'],
    [{ of: 'ratio', bound: 'at least', value: 0.6 }, false, '≥ 0.6×'],
    [{ of: 'ratio', bound: 'at most', value: 0.5 }, false, '≤ 0.5×'],
    [{ of: 'ours', bound: 'at most', value: 55 }, true, '≤ 55'],
    [{ of: 'ours', bound: 'at least', value: 56 }, false, '≥ 56'],
  ] as const)('of 55 over 100 with the goal %j passes: %s', (goal, pass, text) => {
    expect(judge(measure(goal), rounds)).toEqual({
      id: '0-x',
      metric: 'x',
      floor: 100,
      ours: 55,
      ratio: 0.55,
      goal: text,
      spread: [0.5, 0.6],
      pass,
    })
  })

  test.each([
    [21, true],
    [19, false],
  ])('that is 20 beyond its floor, with a goal of %i, passes: %s, and tells the rounds', (value, pass) => {
    const grown = [900, 110, 120, 140].map((ours) => ({ floor: 100, ours }))
    const row = judge(measure({ of: 'increase', bound: 'at most', value }), grown)
    expect(row).toMatchObject({ pass, goal: `≤ floor + ${value}` })
    expect(row.detail).toBe('20 beyond the floor, in a round 10 to 40')
  })

  test.each([
    [[100, 100], undefined],
    [[72, 80], undefined],
    [[150, 160], undefined],
    [[60, 70], /1\.4× its usual 60–70/],
    [[170, 170], /0\.59× its usual 170:/],
  ] as const)('whose floor is usually %j says when it is 40 %% off: %s', (usual, words) => {
    const { detail } = judge(measure({ of: 'ratio', bound: 'at least', value: 0 }, usual), rounds)
    if (words) expect(detail).toMatch(words)
    else expect(detail).toBeUndefined()
  })
})
