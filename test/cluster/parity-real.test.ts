import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { UserSettingsPatch } from '#src/domain/settings.ts'
import { openTape } from '#src/simulator/tape/tape.ts'
import { newFolder, writeCandles } from '../simulator/support/csv.ts'
import { backendKinds } from '../support/backends.ts'
import { differences } from './support/parity.ts'
import { recordRun, type SpokenSignal } from './support/recorded-run.ts'
import { testAgain } from './support/tested-run.ts'

const folder = process.env.BULLPEN_MARKET_DIR
const minute = 60_000
const speed = 20
const tickMs = 1_000 * speed
const capital = 10_000
/** An hour and a half in which both rise by more than a percent, and no minute jumps far. */
const startMs = Date.UTC(2026, 3, 6, 8)
const endMs = startMs + 90 * minute - tickMs
/** The venue's spread on both. */
const spread = 0.0001
const bases = ['BTC', 'ETH']

/** Near enough that real prices reach them, and further than a candle of 1 m goes. */
const near: UserSettingsPatch = {
  dynamic_stops: false,
  stop_loss_pct: 0.8,
  trailing_activation_pct: 0.4,
  trailing_distance_pct: 0.7,
  partial_tp_levels: [
    [0.4, 0.25],
    [0.8, 0.5],
    [1.2, 0.75],
  ],
  time_exit_hours: 0.5,
  hourly_trade_limit: 50,
  daily_trade_limit: 100,
}
const settings = { spot: near, futures: { ...near, allow_short: true, smart_exit: true } }

/** Longs on spot and shorts on futures are asked for every ten minutes; what was not taken is over after five. */
const signals = Array.from({ length: 9 }, (_, i) => startMs + (5 + 10 * i) * minute - 10_000).flatMap((ms) =>
  bases.flatMap((base, place): SpokenSignal[] => [
    { atMs: ms + place, market: 'spot', base, action: 'BUY', confidence: 0.8 },
    { atMs: ms + place, market: 'futures', base, action: 'SELL', confidence: 0.8 },
    { atMs: ms + place + 5 * minute, market: 'spot', base, action: 'HOLD', confidence: 0 },
    { atMs: ms + place + 5 * minute, market: 'futures', base, action: 'HOLD', confidence: 0 },
  ]),
)

test.runIf(folder)(
  'a paper run on real candles is what a backtest says of them',
  async () => {
    const files = bases.map((base) =>
      join(folder ?? '', `binance-${base}USDT-1m-2026-03-23_2026-04-07.csv.gz`),
    )
    const tape = openTape(`replay:${files.join(',')}`, { seed: 0, speed, nowMs: 0 })
    // The users of `ase` are cycled every 5 m: a backtest of theirs walks candles of 5 m, with those of 1 m inside.
    const into = newFolder()
    const fives = bases.map((base) => {
      const all = tape.candles(`${base}/USDT`, { timeframe: '5m', limit: Number.POSITIVE_INFINITY }, endMs)
      const lines = all.map(({ time, open, high, low, close, volume }) =>
        [time, open, high, low, close, volume.toFixed(8)].join(','),
      )
      return writeCandles(into, `binance-${base}USDT-5m-run.csv`, lines)
    })
    const [queueOn = 'postgres'] = backendKinds.slice(-1)
    const wish = { queueOn, tape, startMs, endMs, speed, capital, settings, signals }
    const terms = { tape, tickMs, candleMs: minute, slack: spread / 2 + 0.00001 }
    for (const account of await recordRun(wish)) {
      const tested = await testAgain(account, {
        candles: fives,
        detail: files,
        startMs,
        endMs,
        capital,
        slippage: spread / 2,
      })
      expect(account.trades.length).toBeGreaterThan(4)
      expect(differences(account.trades, tested.trades, terms)).toEqual([])
    }
  },
  600_000,
)
