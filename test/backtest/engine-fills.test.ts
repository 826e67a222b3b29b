import { describe, expect, test } from 'vitest'
import type { UserSettingsPatch } from '#src/domain/settings.ts'
import { at, type Row, runTable, type Table } from './engine-table.ts'

const still: Row = [100, 100, 100, 100]
const buy = [{ candle: 0 }]
const short = { signals: [{ candle: 0, action: 'SELL' }], market: 'futures' } as const
const partials: UserSettingsPatch = {
  partial_tp_enabled: true,
  partial_tp_levels: [
    [1, 0.25],
    [2, 0.5],
    [3, 0.75],
  ],
}
const trailing: UserSettingsPatch = {
  trailing_enabled: true,
  trailing_activation_pct: 0.5,
  trailing_distance_pct: 1,
}

/** Exits as candle, price, share of what was bought, reason. */
async function exitsOf(table: Table) {
  const { trades } = await runTable(table)
  return trades.flatMap(({ exits, quantity }) =>
    exits.map((exit) => [
      (exit.time_ms - at(0)) / 300_000,
      exit.price,
      Number((exit.quantity / quantity).toFixed(6)),
      exit.reason,
    ]),
  )
}

describe('entries', () => {
  test('a signal of one candle enters at the open of the next, at whose price it is decided', async () => {
    const { trades } = await runTable({ rows: [still, [101, 102, 100.5, 101.5], still], signals: buy })
    // 1,000 of max_position at 101, in whole steps down.
    expect(trades).toMatchObject([
      { side: 'long', entry_time_ms: at(1), entry_price: 101, quantity: 9.90099, leverage: 1 },
    ])
  })

  test.each([
    ['at its opening', at(0)],
    ['in its middle', at(0) + 140_000],
    ['in its last millisecond', at(1) - 1],
  ])('a time %s belongs to the candle', async (_, timeMs) => {
    const { trades } = await runTable({ rows: [still, still, still], signals: [{ candle: 0, timeMs }] })
    expect(trades[0]?.entry_time_ms).toBe(at(1))
  })

  test('a signal of the last candle enters nowhere, and is told', async () => {
    const { trades, skipped } = await runTable({ rows: [still, still], signals: [{ candle: 1 }] })
    expect(trades).toEqual([])
    expect(skipped).toMatchObject([{ symbol: 'BTC/USDT', action: 'BUY', rule: 'candles' }])
  })

  test('where the next candle is missing, it enters at the next open there is, unless its hour has passed', async () => {
    const soon = await runTable({ rows: [still, null, null, [100, 101, 99, 100]], signals: buy })
    expect(soon.trades[0]?.entry_time_ms).toBe(at(3))
    const late = await runTable({ rows: [still, ...Array(13).fill(null), still], signals: buy })
    expect(late.trades).toEqual([])
    expect(late.skipped).toMatchObject([{ rule: 'candles' }])
  })

  test('slippage is against us on both sides', async () => {
    const rows: Row[] = [still, still, [97, 97, 97, 97]]
    const long = await runTable({ rows, signals: buy, slippage: 0.001 })
    expect(long.trades[0]).toMatchObject({ entry_price: 100.1, exit_price: 96.903 })
    const sold = await runTable({
      rows: [still, still, [103, 103, 103, 103]],
      ...short,
      settings: { allow_short: true },
      slippage: 0.001,
    })
    expect(sold.trades[0]).toMatchObject({ side: 'short', entry_price: 99.9, exit_price: 103.103 })
  })
})

describe('exits inside a candle', () => {
  const cases: readonly [what: string, table: Table, exits: readonly unknown[]][] = [
    [
      'a stop is filled at its price',
      { rows: [still, still, [99, 99.5, 97, 98]] },
      [[2, 98, 1, 'stop_loss']],
    ],
    [
      'a stop that is just reached is hit',
      { rows: [still, still, [99, 99.5, 98, 99]] },
      [[2, 98, 1, 'stop_loss']],
    ],
    [
      'a candle that opens beyond the stop fills at the open',
      { rows: [still, still, [97, 99, 96, 98]] },
      [[2, 97, 1, 'stop_loss']],
    ],
    [
      'the stop comes before the target of the same candle',
      { rows: [still, still, [100, 106, 97, 105]], settings: { take_profit_pct: 5 } },
      [[2, 98, 1, 'stop_loss']],
    ],
    [
      'the entry candle itself may stop it out',
      { rows: [still, [100, 101, 97, 100], still] },
      [[1, 98, 1, 'stop_loss']],
    ],
    [
      'a target is filled at its price',
      { rows: [still, still, [100, 106, 99, 105]], settings: { take_profit_pct: 5 } },
      [[2, 105, 1, 'take_profit']],
    ],
    [
      'a candle that opens beyond the target fills at the open',
      { rows: [still, still, [107, 108, 106, 107]], settings: { take_profit_pct: 5 } },
      [[2, 107, 1, 'take_profit']],
    ],
    [
      'levels are filled at their own prices, each of what is left',
      { rows: [still, still, [100, 103.5, 99, 103]], settings: partials },
      [
        [2, 101, 0.25, 'partial_tp_1'],
        [2, 102, 0.375, 'partial_tp_2'],
        [2, 103, 0.28125, 'partial_tp_3'],
        [2, 103, 0.09375, 'manual'],
      ],
    ],
    [
      'a jump over several levels is one order for their sum',
      { rows: [still, still, [102.5, 102.6, 102, 102.2]], settings: partials },
      [
        [2, 102.5, 0.625, 'partial_tp_2'],
        [2, 102.2, 0.375, 'manual'],
      ],
    ],
    [
      'the levels, then the take profit for what they leave',
      { rows: [still, still, [100, 112, 99, 111]], settings: { ...partials, take_profit_pct: 10 } },
      [
        [2, 101, 0.25, 'partial_tp_1'],
        [2, 102, 0.375, 'partial_tp_2'],
        [2, 103, 0.28125, 'partial_tp_3'],
        [2, 110, 0.09375, 'take_profit'],
      ],
    ],
    [
      'a trailing stop that is armed and reached in one candle is hit',
      { rows: [still, still, [100, 102, 100, 101.8]], settings: trailing },
      [[2, 100.98, 1, 'trailing_stop']],
    ],
    [
      'a trailing stop that is armed and not reached stands in the next candle',
      { rows: [still, still, [101.5, 102, 101, 101.8], [101.5, 101.6, 100.5, 101]], settings: trailing },
      [[3, 100.98, 1, 'trailing_stop']],
    ],
    [
      'a trailing stop does not move on what comes after it is hit',
      { rows: [still, still, [101.5, 102, 101, 101.8], [101.5, 110, 100.5, 109]], settings: trailing },
      [[3, 100.98, 1, 'trailing_stop']],
    ],
    [
      'time is up at the first open at or after it',
      {
        rows: [...Array<Row>(14).fill(still), [100.4, 100.5, 100.3, 100.4], still],
        settings: { time_exit_hours: 13 / 12 },
      },
      [[14, 100.4, 1, 'time_exit']],
    ],
    [
      'what is open at the end is closed at the last close',
      { rows: [still, still, [100, 101, 99, 100.7]] },
      [[3, 100.7, 1, 'manual']],
    ],
  ]
  test.each(cases)('%s', async (_, table, exits) => {
    const expected = exits.map((exit) => {
      const [candle, price, share, reason] = exit as [number, number, number, string]
      // The last close is at the end of the last candle.
      return [reason === 'manual' ? table.rows.length : candle, price, share, reason]
    })
    expect(await exitsOf({ signals: buy, ...table })).toEqual(expected)
  })
})

describe('a short mirrors a long', () => {
  const settings = { allow_short: true }
  const cases: readonly [what: string, table: Table, exits: readonly unknown[]][] = [
    [
      'its stop is above',
      { rows: [still, still, [101, 103, 100.5, 102]], settings },
      [[2, 102, 1, 'stop_loss']],
    ],
    [
      'a gap over it fills at the open',
      { rows: [still, still, [104, 105, 103, 104]], settings },
      [[2, 104, 1, 'stop_loss']],
    ],
    [
      'its target is below',
      { rows: [still, still, [100, 101, 94, 95]], settings: { ...settings, take_profit_pct: 5 } },
      [[2, 95, 1, 'take_profit']],
    ],
    [
      'the stop first',
      { rows: [still, still, [100, 103, 90, 95]], settings: { ...settings, take_profit_pct: 5 } },
      [[2, 102, 1, 'stop_loss']],
    ],
    [
      'its trailing stop falls with the price',
      { rows: [still, still, [100, 100, 98, 98.2]], settings: { ...settings, ...trailing } },
      [[2, 98.98, 1, 'trailing_stop']],
    ],
  ]
  test.each(cases)('%s', async (_, table, exits) => {
    expect(await exitsOf({ ...short, ...table })).toEqual(exits)
  })
})

describe('signals while they live', () => {
  test('an exit signal of one candle exits at the open of the next', async () => {
    const rows: Row[] = [still, still, [100, 101, 99.5, 100.9], [100.8, 101, 100, 100.5], still]
    const signals = [{ candle: 0 }, { candle: 2, action: 'SELL' as const }]
    expect(await exitsOf({ rows, signals })).toEqual([[3, 100.8, 1, 'signal']])
  })

  test('one that was refused is told once, and decided again until its hour is over', async () => {
    const rows: Row[] = [...Array<Row>(6).fill(still), [97, 97, 97, 97], [97, 97.5, 96.5, 97], still]
    const signals = [{ candle: 0 }, { candle: 2 }]
    const { trades, skipped } = await runTable({ rows, signals })
    expect(skipped).toMatchObject([
      { time_ms: at(3), rule: 'intent', reasons: ['a long is already open on BTC/USDT'] },
    ])
    // The stop fills at the open of candle 6, and at that same open there is room again.
    expect(trades.map(({ entry_time_ms }) => entry_time_ms)).toEqual([at(1), at(6)])
  })

  test('one that was entered on is not entered on again', async () => {
    const rows: Row[] = [still, still, [97, 97, 97, 97], still, still, still]
    const { trades, skipped } = await runTable({ rows, signals: buy })
    expect(trades).toHaveLength(1)
    expect(skipped).toEqual([])
  })

  test('limits hold over all symbols, and the reasons are told', async () => {
    const rows = { 'BTC/USDT': [still, still, still], 'ETH/USDT': [still, still, still] }
    const signals = [{ candle: 0 }, { candle: 0, symbol: 'ETH/USDT' }]
    const { trades, skipped } = await runTable({ rows, signals, settings: { max_positions: 1 } })
    expect(trades.map(({ symbol }) => symbol)).toEqual(['BTC/USDT'])
    expect(skipped).toMatchObject([
      { time_ms: at(1), symbol: 'ETH/USDT', rule: 'max_positions', reasons: ['1 of 1 positions are in use'] },
    ])
  })

  test('a symbol that is the same asset twice over its limit shrinks or is refused by the portfolio', async () => {
    const rows = { 'DOGE/USDT': [still, still], 'PEPE/USDT': [still, still] }
    const signals = [
      { candle: 0, symbol: 'DOGE/USDT' },
      { candle: 0, symbol: 'PEPE/USDT' },
    ]
    const limits = { portfolio_limits: { meme_pct: 10 } }
    const { trades, skipped } = await runTable({ rows, signals, settings: limits })
    expect(trades).toHaveLength(1)
    expect(skipped).toMatchObject([{ symbol: 'PEPE/USDT', rule: 'portfolio' }])
  })
})

describe('history', () => {
  test('nothing is decided before the run begins, and nothing is looked at after its end', async () => {
    const rows: Row[] = [still, still, still, still, [97, 97, 97, 97], still]
    const signals = [{ candle: 0 }]
    const { trades, settings, symbols, candles } = await runTable({
      rows,
      signals,
      fromMs: at(3),
      toMs: at(5),
    })
    expect(settings).toMatchObject({ from_ms: at(3), to_ms: at(5) })
    // The signal of candle 0 still lives at candle 3, the first whose open may be traded.
    expect(trades).toMatchObject([{ entry_time_ms: at(3), exit_time_ms: at(4), close_reason: 'stop_loss' }])
    expect(symbols).toEqual([{ symbol: 'BTC/USDT', first: 100, last: 97 }])
    expect(candles).toBe(5)
  })

  test('a span without candles is one line', async () => {
    await expect(runTable({ rows: [still, still], fromMs: at(9) })).rejects.toThrow(
      'no candle opens from 2025-01-06T12:45:00.000Z on: there is nothing to run over',
    )
    await expect(runTable({ rows: [still, still], toMs: at(0) })).rejects.toThrow(
      'no candle opens before 2025-01-06T12:00:00.000Z: there is nothing to run over',
    )
  })

  test('recorded hours from before the first candle make the stops', async () => {
    const hours = Array<Row>(40).fill([100, 101.2, 100, 100])
    const rows: Row[] = [still, [100, 100, 97.2, 97.2], still]
    const settings = { dynamic_stops: true, take_profit_pct: 10 }
    const [withHours, without] = [
      await runTable({ rows, signals: buy, settings, hours }),
      await runTable({ rows, signals: buy, settings }),
    ]
    // ATR 1.2 in a sideways market: 2 · 1.2 % · 1.2 = 2.88 % away, where the fixed stop is 2 % away.
    expect(withHours.stops[0]?.[0]?.price).toBe(97.12)
    expect(withHours.trades[0]?.close_reason).toBe('manual')
    expect(without.trades[0]).toMatchObject({ close_reason: 'stop_loss', exit_price: 98 })
  })
})

describe('money', () => {
  const rows: Row[] = [still, still, [105, 105, 105, 105], still]
  const settings = { take_profit_pct: 5 }

  test('on spot the fee of the entry is taken in the coin, and there is less to sell', async () => {
    const { trades } = await runTable({ rows, signals: buy, settings, fee: 0.001 })
    // 10 bought for 1,000, 9.99 held and sold at 105: 1,048.95 less 1.04895.
    expect(trades[0]).toMatchObject({ quantity: 9.99, entry_price: 100, exit_price: 105, fees: 2.04895 })
    expect(trades[0]?.pnl).toBeCloseTo(1_048.95 - 1.04895 - 1_000, 10)
    expect(trades[0]?.profit_ratio).toBeCloseTo(0.04790105, 10)
    expect(trades[0]).not.toHaveProperty('dust')
  })

  test('what a whole step cannot hold is dust: its cost is lost', async () => {
    const { trades } = await runTable({ rows, signals: buy, settings, fee: 0.001, step: '0.1' })
    expect(trades[0]).toMatchObject({ quantity: 9.9, dust: 0.09 })
    expect(trades[0]?.pnl).toBeCloseTo(9.9 * 105 * 0.999 - 1_000, 10)
    expect(trades[0]?.fees).toBeCloseTo(1 + 1.0395 + 9, 10)
  })

  test('on futures both fees are paid in quote', async () => {
    const { trades } = await runTable({ rows, signals: buy, settings, fee: 0.001, market: 'futures' })
    expect(trades[0]).toMatchObject({ quantity: 10, fees: 2.05, pnl: 47.95, leverage: 10 })
  })

  test('funding is paid by longs and taken by shorts, on what is open at its time', async () => {
    const funding = [
      { timeMs: at(1), rate: 0.5 }, // the moment of the entry: not held before
      { timeMs: at(2), rate: 0.001 },
      { timeMs: at(3), rate: -0.0005 },
      { timeMs: at(9), rate: 0.5 },
    ]
    const flat: Row[] = [still, still, [101, 101, 101, 101], [102, 102, 102, 102], [102, 102, 102, 102]]
    const options = {
      rows: flat,
      funding,
      settings: { allow_short: true, stop_loss_pct: 50 },
      market: 'futures' as const,
    }
    const long = await runTable({ ...options, signals: buy })
    const { quantity = 0, pnl = 0 } = long.trades[0] ?? {}
    expect(long.trades[0]?.funding).toBeCloseTo(quantity * (-101 * 0.001 + 102 * 0.0005), 10)
    expect(pnl).toBeCloseTo(quantity * (2 - 0.101 + 0.051), 10)
    const sold = await runTable({ ...options, signals: [{ candle: 0, action: 'SELL' }] })
    expect(sold.trades[0]?.funding).toBeCloseTo(quantity * (101 * 0.001 - 102 * 0.0005), 10)
  })
})

describe('margin on futures', () => {
  // A quarter of 1,000 as margin, a hundred times: 250 at 100. At 3.5 % of the buffer little more than the venue's 0.5 % is left.
  const options = {
    market: 'futures',
    signals: buy,
    capital: 1_000,
    settings: { profile: 'pro', risk_tiers: false, risk_per_trade: 25, leverage: 100, stop_loss_pct: null },
  } as const

  test('a candle that would take the account is left on the way, before the account owes anything', async () => {
    const { trades, equity } = await runTable({ ...options, rows: [still, still, [100, 100, 20, 90], still] })
    expect(trades).toMatchObject([
      { quantity: 250, close_reason: 'liquidation', exit_time_ms: at(2), leverage: 100 },
    ])
    // equity 1,000 − 250·d, used 2.5·p, stop-out 1.25·p: 3.5 % of the buffer at p = 96.5 or so.
    expect(trades[0]?.exit_price).toBeGreaterThan(96.4)
    expect(trades[0]?.exit_price).toBeLessThan(96.6)
    expect(equity.at(-1)?.equity).toBeGreaterThan(100)
  })

  test('at 15 % of the buffer the worst position is halved at the open, and only once while that helps', async () => {
    const low: Row = [96.55, 96.55, 96.55, 96.55]
    const { trades } = await runTable({ ...options, rows: [still, still, low, low, still, still] })
    expect(trades[0]?.exits.map(({ time_ms, quantity, reason }) => [time_ms, quantity, reason])).toEqual([
      [at(2), 125, 'liquidation'],
      [at(6), 125, 'manual'],
    ])
  })

  test('a stop on the way comes first', async () => {
    const settings = { ...options.settings, stop_loss_pct: 2 }
    const { trades } = await runTable({
      ...options,
      settings,
      rows: [still, still, [100, 100, 20, 90], still],
    })
    expect(trades).toMatchObject([{ close_reason: 'stop_loss', exit_price: 98 }])
  })
})

describe('shorter candles inside', () => {
  const minutes = (prices: readonly number[]): Row[] => prices.map((price) => [price, price, price, price])

  test('they tell the path that the longer one hides', async () => {
    const rows: Row[] = [still, still, [100, 106, 97, 97]]
    const settings = { take_profit_pct: 5 }
    // First up to the target, and only then down.
    const detail = [...minutes(Array(10).fill(100)), ...minutes([103, 105, 102, 99, 97])]
    expect(await exitsOf({ rows, signals: buy, settings })).toEqual([[2, 98, 1, 'stop_loss']])
    const { trades } = await runTable({ rows, signals: buy, settings, detail })
    expect(trades[0]?.exits).toEqual([
      { time_ms: at(2) + 60_000, price: 105, quantity: 10, reason: 'take_profit' },
    ])
  })

  test('where they are missing, the longer candle does', async () => {
    const rows: Row[] = [still, still, [100, 106, 97, 97]]
    const detail = minutes(Array(10).fill(100))
    expect(await exitsOf({ rows, signals: buy, settings: { take_profit_pct: 5 }, detail })).toEqual([
      [2, 98, 1, 'stop_loss'],
    ])
  })
})
