import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { commandLine } from '../support/command.ts'

const folder = mkdtempSync(join(tmpdir(), 'bullpen-backtest-'))
const bullpen = commandLine({})
const backtest = (...args: string[]) => bullpen(['backtest', ...args])
const startMs = Date.UTC(2025, 0, 6)

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

/** 600 candles of 5 m that wave around 100, written as a venue writes them. */
const rows = Array.from({ length: 600 }, (_, n) => {
  const [open, close] = [n, n + 1].map((at) => 100 + 3 * Math.sin(at / 9) + Math.sin(at / 2)) as [
    number,
    number,
  ]
  const prices = [open, Math.max(open, close) + 0.2, Math.min(open, close) - 0.2, close]
  return [startMs + n * 300_000, ...prices.map((price) => price.toFixed(2)), '1234.5'].join(',')
})
const candleText = (lines: readonly string[]) => `time_ms,open,high,low,close,volume\n${lines.join('\n')}\n`
const candles = file('binance-BTCUSDT-5m-2025-01.csv', candleText(rows))
const signals = file(
  'signals.csv',
  `time_ms,symbol,action,confidence,stop_loss,take_profit\n${startMs + 120_000_000},BTC/USDT,BUY,0.9,,\n${startMs + 123_000_000},BTCUSDT,SELL,0.9,,\n`,
)

test('a run says what it came to, and writes the three files', async () => {
  const [json, report, trades] = ['run.json', 'run.html', 'run.csv'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  const settings = file(
    'settings.json',
    '{"dynamic_stops": false, "stop_loss_pct": 20, "time_exit_hours": null, "trailing_enabled": false, "partial_tp_enabled": false}',
  )
  const ran = await backtest(
    ...['--candles', candles, '--signals', signals, '--settings', settings, '--fee', '0.001'],
    ...['--json', json, '--report', report, '--trades', trades],
  )
  expect(ran).toMatchObject({ code: 0, stderr: '' })
  expect(ran.stdout).toMatch(/Trades +1\b/)
  const written = JSON.parse(readFileSync(json, 'utf8'))
  expect(Object.keys(written)).toEqual(['settings', 'summary', 'trades', 'skipped'])
  expect(written.settings).toMatchObject({
    stop_loss_pct: 20,
    market: 'spot',
    fee: 0.001,
    capital: 10_000,
    source: 'signals.csv',
    symbols: ['BTC/USDT'],
  })
  const [entry, exit] = [401, 411].map((n) => Number(rows[n]?.split(',')[1]))
  expect(written.trades).toMatchObject([
    {
      symbol: 'BTC/USDT',
      side: 'long',
      entry_time_ms: startMs + 401 * 300_000,
      entry_price: entry,
      exit_time_ms: startMs + 411 * 300_000,
      exit_price: exit,
      close_reason: 'signal',
      exits: [{ time_ms: startMs + 411 * 300_000, price: exit, reason: 'signal' }],
    },
  ])
  const { pnl, quantity, fees } = written.trades[0]
  expect(pnl).toBeCloseTo(((exit ?? 0) - (entry ?? 0)) * quantity - fees, 6)
  expect(written.summary).toMatchObject({ trades: 1, final_equity: 10_000 + pnl })
  expect(readFileSync(report, 'utf8')).toMatch(/^<!doctype html>/)
  expect(readFileSync(trades, 'utf8').trim().split('\n')).toHaveLength(2)
})

test('a strategy of the operator is run, gaps are told, and the exit code is 0', async () => {
  const strategy = file(
    'cross.ts',
    `import { defineStrategy, z } from 'bullpen/strategy'
export default defineStrategy({
  name: 'up', timeframe: '5m', warmup: 2, parameters: z.object({ least: z.number().default(0.5) }),
  onCandle: ({ candle }, { parameters }) =>
    candle.close - candle.open > parameters.least ? { action: 'BUY', confidence: 0.9 } : undefined,
})
`,
  )
  const gappy = file('x.csv', candleText([...rows.slice(0, 300), ...rows.slice(310)]))
  const ran = await backtest(
    '--candles',
    `ETH/USDT=${gappy}`,
    '--strategy',
    strategy,
    '--parameters',
    '{"least": 0.3}',
  )
  expect(ran.code).toBe(0)
  expect(ran.stderr).toMatch(
    /^ETH\/USDT 5m: 1 gaps, the longest of 50 min from 2025-01-07T01:00:00.000Z on\n$/,
  )
  expect(ran.stdout).toMatch(/Trades +[1-9]/)
})

describe('what is wrong is one line and exit code 1', () => {
  const cases: readonly [what: string, args: () => string[], line: RegExp][] = [
    ['no signals at all', () => ['--candles', candles], /^name either a --strategy .* or a --signals file$/],
    ['no candles', () => ['--signals', signals], /^name either --candles or an --exchange/],
    [
      'a file that is not there',
      () => ['--candles', 'BTCUSDT-5m.csv', '--signals', signals],
      /^BTCUSDT-5m\.csv: cannot be read \(ENOENT/,
    ],
    [
      'a bad row',
      () => [
        '--candles',
        file('BTCUSDT-5m.csv', candleText([...rows.slice(0, 2), `${startMs + 600_000},1,2,3,4,5`])),
        '--signals',
        signals,
      ],
      /BTCUSDT-5m\.csv: line 4: 1,2,3,4,5 is not a possible candle$/,
    ],
    [
      'two files of one time',
      () => [
        '--candles',
        candles,
        file('BTCUSDT-5m-again.csv', candleText(rows.slice(500))),
        '--signals',
        signals,
      ],
      /BTCUSDT-5m-again\.csv: overlaps .*binance-BTCUSDT-5m-2025-01\.csv \(BTC\/USDT 5m\)/,
    ],
    [
      'a key that is no setting',
      () => ['--candles', candles, '--signals', signals, '--settings', file('a.json', '{"stop_los": 2}')],
      /a\.json: there is no setting stop_los$/,
    ],
    [
      'a value out of bounds',
      () => [
        '--candles',
        candles,
        '--signals',
        signals,
        '--settings',
        file('b.json', '{"risk_per_trade": 500}'),
      ],
      /b\.json: risk_per_trade 500: must be 0\.001 to 100$/,
    ],
    [
      'a signal of a symbol without candles',
      () => [
        '--candles',
        candles,
        '--signals',
        file('s.csv', `time_ms,symbol,action,confidence\n${startMs},ETH/USDT,BUY,1\n`),
      ],
      /s\.csv: line 2: there are no candles of ETH\/USDT, only of BTC\/USDT$/,
    ],
    [
      'a file that cannot be written',
      () => ['--candles', candles, '--signals', signals, '--json', join(folder, 'none', 'x.json')],
      /^--json .*x\.json cannot be written: ENOENT/,
    ],
  ]
  test.each(cases)('%s', async (_, args, line) => {
    const { code, stderr } = await backtest(...args())
    expect(stderr.trimEnd()).toMatch(line)
    expect(stderr.trimEnd()).not.toContain('\n')
    expect(code).toBe(1)
  })

  test('percent where a ratio is asked for', async () => {
    const { code, stderr } = await backtest('--candles', candles, '--signals', signals, '--fee', '5')
    expect(stderr).toContain(
      "option '--fee <ratio>' argument '5' is invalid. it must be a ratio from 0 to under 0.5: 0.001 is 0.1 %.",
    )
    expect(code).toBe(1)
  })
})
