import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { CandleBlock } from '#src/candles/candle-block.ts'
import { type CandleFormat, CandleParser } from '#src/candles/candle-parser.ts'
import { decimalsOf } from '#src/candles/decimals.ts'
import { UserError } from '#src/errors.ts'

const header = 'time_ms,open,high,low,close,volume'
const lengths: CandleFormat = { stepMs: 60_000, grid: 'utc' }
const bytes = (text: string) => new TextEncoder().encode(text)

function parse(text: string, format = lengths): CandleBlock[] {
  const parser = new CandleParser('x.csv', format)
  return [...parser.push(bytes(text)), ...parser.end()]
}

const rowsOf = (blocks: readonly CandleBlock[]) =>
  blocks.flatMap(({ length, time, open, high, low, close, volume }) =>
    Array.from({ length }, (_, i) => [time[i], open[i], high[i], low[i], close[i], volume[i]]),
  )

/** A number as somebody may write it: whole, with zeros at the end, long, or with an exponent. */
const written = fc
  .tuple(
    fc.double({ min: 1e-7, max: 1e7, noNaN: true }),
    fc.constantFrom('plain', 'fixed', 'exponent', 'whole'),
  )
  .map(([value, how]) => {
    if (how === 'fixed') return Math.max(1e-8, value).toFixed(8)
    if (how === 'exponent') return value.toExponential(6)
    return how === 'whole' ? String(Math.ceil(value)) : String(value)
  })

test('every number is the one that Number() reads, whatever the pieces the file comes in', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(written, written), { minLength: 1, maxLength: 20 }),
      fc.array(fc.nat({ max: 40 }), { minLength: 1, maxLength: 10 }),
      fc.constantFrom('\n', '\r\n'),
      fc.boolean(),
      (prices, pieces, newline, isEnded) => {
        const rows = prices.map(([price, volume], n) => [
          String(n * 60_000),
          price,
          price,
          price,
          price,
          volume,
        ])
        const text = [header, ...rows.map((row) => row.join(','))].join(newline) + (isEnded ? newline : '')
        const all = bytes(text)
        const parser = new CandleParser('x.csv', lengths)
        const blocks: CandleBlock[] = []
        for (let at = 0, piece = 0; at < all.length; piece++) {
          const size = 1 + (pieces[piece % pieces.length] ?? 0)
          blocks.push(...parser.push(all.slice(at, at + size)))
          at += size
        }
        blocks.push(...parser.end())
        expect(rowsOf(blocks)).toEqual(rows.map((row) => row.map(Number)))
      },
    ),
    { numRuns: 300 },
  )
})

test('more rows than a block holds are several blocks', () => {
  const rows = Array.from({ length: 40_000 }, (_, n) => `${n * 60_000},1,2,0.5,1.5,${n}`)
  const blocks = parse([header, ...rows].join('\n'))
  expect(blocks.map(({ length }) => length)).toEqual([16_384, 16_384, 40_000 - 2 * 16_384])
  expect(rowsOf(blocks).map((row) => row[5])).toEqual(rows.map((_, n) => n))
})

describe('a bad row is one line with the file, the line, the value and the rule', () => {
  const good = '0,1,2,0.5,1.5,3'
  const cases: readonly [what: string, lines: readonly string[], message: string][] = [
    ['an empty file', [], 'x.csv: line 1 is not "time_ms,open,high,low,close,volume"'],
    ['no rows', [header], 'x.csv: no candles'],
    ['another header', ['a,b', good], 'x.csv: line 1 is not "time_ms,open,high,low,close,volume"'],
    ['too few columns', [header, good, '60000,1,2,0.5,1.5'], 'x.csv: line 3: 5 columns instead of 6'],
    ['too many columns', [header, `${good},9`], 'x.csv: line 2: 7 columns instead of 6'],
    ['a word', [header, '0,1,2,0.5,x,3'], 'x.csv: line 2: "x" is not a number'],
    ['nothing', [header, '0,1,2,,1.5,3'], 'x.csv: line 2: "" is not a number'],
    ['two points', [header, '0,1,2,0.5,1.5.1,3'], 'x.csv: line 2: "1.5.1" is not a number'],
    ['a sign alone', [header, '0,1,2,0.5,1.5,-'], 'x.csv: line 2: "-" is not a number'],
    ['infinity', [header, '0,1,Infinity,0.5,1.5,3'], 'x.csv: line 2: "Infinity" is not a number'],
    [
      'a high that is low',
      [header, '0,1,1.2,0.5,1.5,3'],
      'x.csv: line 2: 1,1.2,0.5,1.5,3 is not a possible candle',
    ],
    ['a price of nothing', [header, '0,0,1,0,1,3'], 'x.csv: line 2: 0,1,0,1,3 is not a possible candle'],
    [
      'a volume below nothing',
      [header, '0,1,2,0.5,1.5,-3'],
      'x.csv: line 2: 1,2,0.5,1.5,-3 is not a possible candle',
    ],
    [
      'seconds with a fraction',
      [header, '0.5,1,2,0.5,1.5,3'],
      'x.csv: line 2: time 0.5 is not a whole number of milliseconds',
    ],
    ['a time twice', [header, good, good], 'x.csv: line 3: time 0 does not come after 0'],
    ['a time back', [header, '60000,1,2,0.5,1.5,3', good], 'x.csv: line 3: time 0 does not come after 60000'],
    [
      'a time in between',
      [header, good, '61000,1,2,0.5,1.5,3'],
      'x.csv: line 3: time 61000 is not aligned to the timeframe',
    ],
  ]
  test.each(cases)('%s', (_, lines, message) => {
    expect(() => parse(lines.join('\n'))).toThrow(new UserError(message))
  })
})

test('times lie on whole steps since 1970, or since the first row', () => {
  const rows = [header, '1600000000000,1,2,0.5,1.5,3', '1600000060000,1,2,0.5,1.5,3'].join('\n')
  expect(() => parse(rows)).toThrow('line 2: time 1600000000000 is not aligned to the timeframe')
  expect(rowsOf(parse(rows, { stepMs: 60_000, grid: 'first' }))).toHaveLength(2)
})

test('decimals are those that the values need, zeros at the end left out', () => {
  const of = (...values: number[]) => decimalsOf(Float64Array.from(values), values.length)
  expect([of(1, 20), of(1.5), of(0.1, 0.25), of(93702.15), of(1e-8), of(0.00001234)]).toEqual([
    0, 1, 2, 2, 8, 8,
  ])
  expect(decimalsOf(Float64Array.of(1, 1.25), 1)).toBe(0)
})
