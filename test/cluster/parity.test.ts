import { beforeAll, describe, expect, test } from 'vitest'
import type { BacktestTrade } from '#src/backtest/result.ts'
import type { UserSettingsPatch } from '#src/domain/settings.ts'
import { openTape } from '#src/simulator/tape/tape.ts'
import { backendKinds } from '../support/backends.ts'
import { differences, type ParityTerms } from './support/parity.ts'
import { runMinutes, scripts, settings, signals, spread, startMs } from './support/parity-scenario.ts'
import type { RecordedAccount, RecordedExit, RecordedTrade } from './support/recorded-account.ts'
import { recordRun } from './support/recorded-run.ts'
import { type MarketFiles, writeMarket } from './support/scripted-market.ts'
import { testAgain } from './support/tested-run.ts'

const minute = 60_000
const speed = 20
const tickMs = 1_000 * speed
const capital = 10_000
const endMs = startMs + runMinutes * minute - tickMs

/** Redis where there is one: the queue only wakes, and one store is enough to know what was decided. */
describe.each(backendKinds.slice(-1))('a paper run with its queue on %s', (queueOn) => {
  let files: MarketFiles
  let accounts: RecordedAccount[]
  let terms: ParityTerms
  const unchanged = new Map<string, readonly BacktestTrade[]>()
  const of = (market: 'spot' | 'futures') => accounts.find((one) => one.market === market) as RecordedAccount

  beforeAll(async () => {
    files = writeMarket(scripts, startMs, runMinutes)
    const tape = openTape(`replay:${[...files.minutes, ...files.hours].join(',')}`, {
      seed: 0,
      speed,
      nowMs: 0,
    })
    terms = { tape, tickMs, candleMs: minute, slack: spread / 2 + 0.00005 }
    accounts = await recordRun({ queueOn, tape, startMs, endMs, speed, capital, settings, signals })
    for (const { market } of accounts) unchanged.set(market, await tested(market))
  }, 600_000)

  /** Spot on candles of 5 m with those of 1 m inside, as its user is cycled every 5 m; futures on 1 m. */
  async function tested(
    market: 'spot' | 'futures',
    changed: UserSettingsPatch = {},
  ): Promise<readonly BacktestTrade[]> {
    const isSpot = market === 'spot'
    // Not in the order in which the signals were said: a backtest is not to depend on it.
    const candles = [...(isSpot ? files.fives : files.minutes), ...files.hours].toReversed()
    const detail = isSpot ? files.minutes : []
    const on = { candles, detail, startMs, endMs, capital, slippage: spread / 2, changed }
    return (await testAgain(of(market), on)).trades
  }

  const told = (market: 'spot' | 'futures') =>
    of(market).trades.map(
      ({ base, side, closeReason, exits }) =>
        `${base} ${side}: ${exits.map(({ reason }) => reason).join(' ')}${closeReason === null ? ' …' : ''}`,
    )

  test('reaches what the rules have: each reason to leave, on its own and together', () => {
    expect(told('spot').sort()).toEqual([
      'ALGO long: stop_loss',
      'ATOM long: stop_loss',
      'DOT long: partial_tp_1 trailing_stop',
      'NEAR long: partial_tp_1 partial_tp_2 partial_tp_3 take_profit',
      'TRX long: time_exit',
      'UNI long: partial_tp_2 trailing_stop',
      'XLM long: signal',
    ])
    expect(told('futures').sort()).toEqual([
      'ETC long: partial_tp_1 partial_tp_2 partial_tp_3 …',
      'ETC short: signal',
      'FIL short: partial_tp_1 trailing_stop',
      'ICP short: smart_exit:reversal',
      'KSM short: stop_loss',
    ])
    for (const market of ['spot', 'futures'] as const) expect(of(market).stopsMoved).toBeGreaterThan(0)
  })

  test('refuses what a backtest refuses: want of a place, too little confidence, a symbol that rests', () => {
    expect(of('spot').skips).toEqual(
      expect.arrayContaining([
        expect.stringContaining('6 of 6 positions are in use'),
        expect.stringContaining('confidence 0.300 is under the threshold'),
      ]),
    )
    expect(of('futures').skips).toEqual([expect.stringContaining('cools down')])
  })

  test.each(['spot', 'futures'] as const)(
    'on %s is what a backtest says of the same tape',
    async (market) => {
      expect(differences(of(market).trades, unchanged.get(market) ?? [], terms)).toEqual([])
    },
  )

  test.each<[string, 'spot' | 'futures', UserSettingsPatch]>([
    ['a stop that trails half as far', 'spot', { trailing_distance_pct: 0.5 }],
    ['a stop that trails a tenth further', 'futures', { trailing_distance_pct: 1.1 }],
    [
      'a level that lies elsewhere',
      'spot',
      {
        partial_tp_levels: [
          [1, 0.25],
          [2.3, 0.5],
          [3, 0.75],
        ],
      },
    ],
    [
      'a level that takes another part',
      'spot',
      {
        partial_tp_levels: [
          [1, 0.3],
          [2, 0.5],
          [3, 0.75],
        ],
      },
    ],
    ['an earlier time exit', 'spot', { time_exit_hours: 1.4 }],
    ['stops that are not read again', 'spot', { dynamic_stops: false }],
    ['SmartExit off', 'futures', { smart_exit: false }],
    ['no cooldown', 'futures', { protections: { cooldown: null } }],
    ['a place more', 'spot', { max_positions: 7 }],
    ['half the size', 'spot', { max_position: 500 }],
  ])('is told from a backtest with %s', async (_, market, changed) => {
    const trades = await tested(market, changed)
    expect(differences(of(market).trades, trades, terms)).not.toEqual([])
  })

  test.each<[string, (trade: RecordedTrade) => readonly RecordedTrade[]]>([
    ['is missing', () => []],
    ['is there twice', (trade) => [trade, trade]],
    ['is of the other side', (trade) => [{ ...trade, side: trade.side === 'long' ? 'short' : 'long' }]],
    ['was entered a tick later', (trade) => [{ ...trade, entryTimeMs: trade.entryTimeMs + tickMs }]],
    ['was entered at another price', (trade) => [{ ...trade, entryPrice: trade.entryPrice * 1.002 }]],
    ['is still open', (trade) => [{ ...trade, closeReason: null }]],
    ['has an exit less', (trade) => [{ ...trade, exits: trade.exits.slice(1) }]],
    [
      'was left two minutes later',
      (trade) => [withExit(trade, ({ timeMs }) => ({ timeMs: timeMs + 2 * minute }))],
    ],
    ['was left at another price', (trade) => [withExit(trade, ({ price }) => ({ price: price * 1.005 }))]],
    ['was left for another reason', (trade) => [withExit(trade, () => ({ reason: 'manual' }))]],
    ['sold another part', (trade) => [withExit(trade, ({ quantity }) => ({ quantity: quantity * 1.02 }))]],
  ])('is told from one in which a trade %s', (_, spoil) => {
    for (const market of ['spot', 'futures'] as const) {
      const [first, ...rest] = of(market).trades
      const spoilt = [...spoil(first as RecordedTrade), ...rest]
      expect(differences(spoilt, unchanged.get(market) ?? [], terms)).not.toEqual([])
    }
  })
})

function withExit(
  trade: RecordedTrade,
  change: (exit: RecordedExit) => Partial<RecordedExit>,
): RecordedTrade {
  return { ...trade, exits: trade.exits.map((exit) => ({ ...exit, ...change(exit) })) }
}
