import { expect, test } from 'vitest'
import { at, runTable } from './engine-table.ts'

const flat = [100, 101, 99, 100] as const
const rows = {
  'BTC/USDT': [flat, flat, flat],
  'ETH/USDT': [flat, flat, flat],
  'SOL/USDT': [flat, flat, flat],
}
const settings = { max_positions: 1 }

test.each(['BTC/USDT', 'ETH/USDT', 'SOL/USDT'])(
  'the one place goes to the signal that was said first in a candle, %s, whatever the order of the symbols',
  async (first) => {
    const others = Object.keys(rows).filter((symbol) => symbol !== first)
    const signals = [first, ...others].map((symbol, i) => ({ candle: 0, symbol, timeMs: at(0) + 1_000 * i }))
    const { trades, skipped } = await runTable({ rows, signals, settings })
    expect(trades.map(({ symbol }) => symbol)).toEqual([first])
    expect(skipped.map(({ symbol, rule }) => [symbol, rule])).toEqual(
      others.map((symbol) => [symbol, 'max_positions']),
    )
  },
)
