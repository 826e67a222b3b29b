import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { planRun } from '#src/backtest/plan-run.ts'
import type { BacktestRun } from '#src/backtest/result.ts'
import { runBacktest } from '#src/backtest/run.ts'
import type { UserSettingsPatch } from '#src/domain/settings.ts'
import { baseOf } from '#src/domain/signal.ts'
import { newFolder } from '../../simulator/support/csv.ts'
import type { RecordedAccount } from './recorded-account.ts'

/** On what a recorded run is tried again. */
export interface TestedOn {
  readonly candles: readonly string[]
  readonly detail: readonly string[]
  /** Nothing is decided before it. */
  readonly startMs: number
  /** What candles end at it or later is not looked at. */
  readonly endMs: number
  readonly capital: number
  readonly slippage: number
  /** Settings that are not those of the recorded run. */
  readonly changed?: UserSettingsPatch
}

/**
 * Runs what `bullpen backtest --signals` runs, on what an account recorded: its signals as a file, its settings, its fee. The
 * filters are the venue's own; candles tell less than it does, and sizes would differ by a step.
 */
export async function testAgain(
  { market, settings, signalLines, filters }: Omit<RecordedAccount, 'trades' | 'skips' | 'stopsMoved'>,
  on: TestedOn,
): Promise<Omit<BacktestRun, 'seconds'>> {
  const signals = join(newFolder(), 'signals.csv')
  writeFileSync(signals, ['time_ms,symbol,action,confidence', ...signalLines, ''].join('\n'))
  const { plan, label } = await planRun({
    candles: on.candles,
    detail: on.detail,
    funding: [],
    signals,
    settings: { ...settings, ...on.changed },
    market,
    slippage: on.slippage,
    capital: on.capital,
    fromMs: on.startMs,
    toMs: on.endMs,
  })
  const markets = plan.markets.map((recorded) => {
    const { symbol } = recorded.filters
    return { ...recorded, filters: { ...(filters.get(baseOf(symbol)) ?? recorded.filters), symbol } }
  })
  return runBacktest({ ...plan, markets }, label)
}
