import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { html, jsonScript } from '#src/backtest/report/html.ts'
import { reportHtml } from '#src/backtest/report/report.ts'
import { summarize } from '#src/backtest/summary/summary.ts'
import { daily, newYear, run, trade } from '../summary/build.ts'
import { generatedRun } from './generated.ts'

const hostile = `</script><script>alert(1)</script><img src=x onerror="alert('2')">&amp;`

describe('markup', () => {
  test('escapes whatever is not markup itself, in text and in attributes', () => {
    expect(
      html`<p title="${`"'<>&`}">${['<b>', html`<i>${'<'}</i>`, 1, null, undefined, false]}</p>`.text,
    ).toBe('<p title="&#34;&#39;&#60;&#62;&#38;">&#60;b&#62;<i>&#60;</i>1</p>')
  })

  test('lets no text out of its element, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(html`${text}`.text).not.toMatch(/[<>"']/)
      }),
    )
  })

  test('carries data that cannot end its script, and reads back the same', () => {
    const script = jsonScript('x', { name: hostile }).text
    expect(script.match(/<\//g)).toHaveLength(1)
    expect(JSON.parse(script.replace(/^<script[^>]*>|<\/script>$/g, ''))).toEqual({ name: hostile })
  })
})

describe('a report', () => {
  test('lets no name from a file become markup', () => {
    const base = run({ trades: [trade({ symbol: hostile, source: hostile })] })
    const named = {
      ...base,
      settings: { ...base.settings, source: hostile, symbols: [hostile], parameters: { [hostile]: hostile } },
      skipped: [
        { time_ms: newYear, symbol: hostile, action: 'BUY' as const, rule: hostile, reasons: [hostile] },
      ],
    }
    const charts = [{ symbol: hostile, interval_ms: 300_000, candles: [candle], closeUps: [] }]
    const text = reportHtml(named, summarize(named), charts)
    expect(text.includes('<img')).toBe(false)
    expect(text.includes('<script>alert')).toBe(false)
  })

  test('asks nobody for anything: its own policy forbids it, and nothing in it is elsewhere', () => {
    const { run: made, charts } = generatedRun({ symbols: ['BTC/USDT'], days: 3, trades: 6 })
    const text = reportHtml(made, summarize(made), charts)
    const [head = ''] = text.split('</head>')
    expect(head).toContain('content="default-src &#39;none&#39;;')
    expect(head).not.toMatch(/@import|url\(/)
    expect(text.match(/<(script|img|iframe|link)\b[^>]*\b(src|href)="(?!data:)[^"]*"/g)).toBeNull()
    expect(text.includes('__vi_import')).toBe(false)
  })

  test('of nine symbols over four months with 1,800 trades stays under 3 MB', () => {
    const symbols = ['BTC', 'ETH', 'SOL', 'XRP', 'DOGE', 'ADA', 'LTC', 'BNB', 'BCH'].map(
      (base) => `${base}/USDT`,
    )
    const { run: made, charts } = generatedRun({ symbols, days: 120, trades: 1_800 })
    expect(made.trades).toHaveLength(1_800)
    const text = reportHtml(made, summarize(made), charts)
    expect(Buffer.byteLength(text)).toBeLessThan(3_000_000)
    expect(text.includes('the CSV of the trades has all 1,800')).toBe(true)
  }, 30_000)

  test('says in plain words what it earned, beside buy and hold', () => {
    const made = run({
      trades: [trade({ pnl: -25, fees: 3 })],
      equity: daily([975]),
      drawdown: { ratio: 0.025, from_ms: newYear, to_ms: newYear + 86_400_000 },
    })
    const text = reportHtml(made, summarize(made))
    expect(text).toContain('<h1>smart-entry lost 25.00 USDT after fees: −2.50 %</h1>')
    expect(text).toContain('BTC/USDT, bought at the beginning and held, lost 10.00 % before fees.')
    expect(text).toContain('The account paid 3.00 USDT of fees for 1 trades')
    expect(text).toContain('1 trade is too few to judge by.')
  })

  test.each([
    [Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 10 : -9)), true],
    [Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 10 : 9)), false],
  ])('doubts a mean that chance explains', (results, isDoubted) => {
    const made = run({ trades: results.map((pnl) => trade({ pnl })) })
    expect(reportHtml(made, summarize(made)).includes('cannot be told from zero')).toBe(isDoubted)
  })

  test('lists every setting, and what is switched off', () => {
    const made = run()
    const settings = { ...made.settings, time_exit_hours: null, parameters: { fast: 9 } }
    const text = reportHtml({ ...made, settings }, summarize(made))
    expect(text).toContain('<th scope="row">Time exit hours</th><td>off</td>')
    expect(text).toContain('<th scope="row">Parameters › fast</th><td>9</td>')
    expect(text).toContain('<th scope="row">From ms</th><td>2025-01-01 00:00 UTC</td>')
  })
})

const candle = { time_ms: newYear, open: 1, high: 2, low: 0.5, close: 1.5 }
