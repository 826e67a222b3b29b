import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { tradesCsv } from '#src/backtest/report/trades-csv.ts'
import { newYear, trade } from '../summary/build.ts'

const head =
  'symbol,side,source,confidence,entry_time,entry_price,exit_time,exit_price,quantity,leverage,fees,funding,pnl,' +
  'profit_ratio,close_reason,open_at_end,exits,entry_time_ms,exit_time_ms'

describe('the trades as CSV', () => {
  test('are a header alone without a trade', () => {
    expect(tradesCsv([])).toBe(`${head}\r\n`)
  })

  test('have one line per trade, with its sales in one cell', () => {
    const one = trade({
      exits: [
        { time_ms: newYear + 3_600_000, price: 101, quantity: 0.25, reason: 'partial_tp_1' },
        { time_ms: newYear + 7_200_000, price: 110, quantity: 0.75, reason: 'take_profit' },
      ],
      fees: 0.21,
      funding: -0.05,
      pnl: -9.74,
    })
    expect(tradesCsv([one]).split('\r\n')[1]).toBe(
      'BTC/USDT,long,smart_entry,0.5,2025-01-01 01:00:00,100,2025-01-01 02:00:00,110,1,1,0.21,-0.05,-9.74,-0.0974,' +
        'take_profit,no,2025-01-01 01:00:00 partial_tp_1 0.25 @ 101; 2025-01-01 02:00:00 take_profit 0.75 @ 110,' +
        `${newYear + 3_600_000},${newYear + 7_200_000}`,
    )
  })

  test.each([
    ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
    ['+1', "'+1"],
    ['-1+2', "'-1+2"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['a, "b"', '"a, ""b"""'],
    ['two\nlines', '"two\nlines"'],
    ['plain', 'plain'],
  ])('write the source %j as %s', (source, cell) => {
    expect(tradesCsv([trade({ source })])).toContain(`\r\nBTC/USDT,long,${cell},0.5,`)
  })

  test('can be read again cell by cell, and no text of theirs begins a formula', () => {
    const texts = fc.array(fc.string({ unit: fc.constantFrom(...'ab=+-@,"\r\n\t ;') }), { maxLength: 5 })
    fc.assert(
      fc.property(texts, (sources) => {
        const rows = parse(tradesCsv(sources.map((source) => trade({ source }))))
        expect(rows).toHaveLength(sources.length + 1)
        for (const [i, source] of sources.entries()) {
          const cell = rows[i + 1]?.[2] ?? ''
          expect(cell.replace(/^'/, '')).toBe(source.replace(/^'/, ''))
          expect(cell).not.toMatch(/^[=+\-@\t\r]/)
          expect(rows[i + 1]).toHaveLength(19)
        }
      }),
    )
  })
})

/** RFC 4180 read letter by letter. */
function parse(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  for (let at = 0; at < text.length; ) {
    let cell = ''
    if (text[at] === '"') {
      for (at += 1; text[at] !== '"' || text[at + 1] === '"'; at += text[at] === '"' ? 2 : 1) cell += text[at]
      at += 1
    } else for (; text[at] !== ',' && text[at] !== '\r'; at += 1) cell += text[at]
    row.push(cell)
    if (text[at] === ',') at += 1
    else {
      expect(text.slice(at, at + 2)).toBe('\r\n')
      rows.push(row)
      row = []
      at += 2
    }
  }
  return rows
}
