import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { planRun, type Wish } from '#src/backtest/plan-run.ts'
import { runBacktest } from '#src/backtest/run.ts'
import { closeReasons } from '#src/domain/close-reason.ts'
import { loadStrategy } from '#src/signals/strategies/load.ts'

const market = process.env.BULLPEN_MARKET_DIR ?? ''
const names = market === '' ? [] : readdirSync(market)
const files = (pattern: RegExp) =>
  names.filter((name) => pattern.test(name)).map((name) => join(market, name))
const candles = files(/^binance-(BTC|SOL)USDT-5m-2025-09/)
const longer = files(/^binance-(BTC|SOL)USDT-1h-2024-09/)
const funding = files(/^binancefut-(BTC|SOL)USDT-funding/)
if (candles.length < 2)
  console.log('BULLPEN_MARKET_DIR has no 5 m candles of autumn 2025: no backtest is run on real ones')

const terms = { detail: [], slippage: 0, capital: 10_000 }

async function run(wish: Wish) {
  const { plan, label } = await planRun(wish)
  return runBacktest(plan, label)
}

describe.skipIf(candles.length < 2)('on real candles', { timeout: 240_000 }, () => {
  const toMs = Date.UTC(2025, 9, 15)

  test('with history in longer candles, funding and every rule of pro: money adds up, and the crash of October is lived through', async () => {
    const strategy = await loadStrategy('smart-entry')
    const wish: Wish = {
      ...terms,
      candles: [...candles, ...longer],
      funding,
      strategy,
      settings: { profile: 'pro' },
      market: 'futures',
      toMs,
    }
    const { trades, equity, skipped, settings } = await run(wish)
    expect(settings).toMatchObject({ profile: 'pro', allow_short: true, market: 'futures', fee: 0.0005 })
    expect(trades.length).toBeGreaterThan(20)
    expect(new Set(trades.map(({ side }) => side))).toEqual(new Set(['long', 'short']))
    expect(trades.some(({ close_reason }) => close_reason.startsWith('smart_exit:'))).toBe(true)
    for (const { close_reason } of trades) expect(closeReasons).toContain(close_reason)
    expect(trades.some(({ funding }) => funding !== 0)).toBe(true)
    expect(equity.at(-1)?.equity).toBeCloseTo(10_000 + trades.reduce((sum, { pnl }) => sum + pnl, 0), 6)
    expect(skipped.length).toBeGreaterThan(0)
  })

  test('cutting the files off gives the same past', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bullpen-cut-'))
    const cutMs = Date.UTC(2025, 8, 20, 7, 35)
    const cut = candles.map((path) => {
      const [header, ...rows] = gunzipSync(readFileSync(path)).toString('utf8').split('\n')
      const kept = rows.filter((row) => row !== '' && Number(row.slice(0, row.indexOf(','))) < cutMs)
      const short = join(folder, basename(path, '.gz'))
      writeFileSync(short, [header, ...kept].join('\n'))
      return short
    })
    const wish = { ...terms, funding: [], settings: {}, market: 'spot', toMs: Date.UTC(2025, 8, 28) } as const
    const strategy = await loadStrategy('council')
    const [whole, past] = [
      await run({ ...wish, candles, strategy }),
      await run({ ...wish, candles: cut, strategy }),
    ]
    const before = <T extends { time_ms: number }>(list: readonly T[]) =>
      list.filter(({ time_ms }) => time_ms < cutMs)
    const ended = ({ trades }: typeof whole) =>
      trades.filter((one) => one.exit_time_ms < cutMs && one.is_open !== true)
    expect(past.settings.to_ms).toBe(cutMs)
    expect(ended(past)).toEqual(ended(whole))
    expect(before(past.skipped)).toEqual(before(whole.skipped))
    expect(before(past.skipped).length).toBeGreaterThan(0)
    // A longer run draws fewer points; each of them is one of the shorter run's.
    const drawn = new Map(past.equity.map((point) => [point.time_ms, point]))
    const shared = before(whole.equity)
    expect(shared.map(({ time_ms }) => drawn.get(time_ms))).toEqual(shared)
    expect(shared.length).toBeGreaterThan(100)
  })
})
