import { bareBacktest } from './backtest-floor.ts'
import { backtestMarket } from './backtest-market.ts'
import { type Asked, ourBacktest } from './backtest-ours.ts'
import type { Contest } from './contest.ts'

/**
 * A backtest with the live rules beside a bare one: over the same signals, of which there is one about every fifty candles and
 * each costs a decision; and with one entry every twelve hours, where the exit rules have the most of the work.
 */
export function backtests(candles: number): Contest {
  const bound = { of: 'ours', bound: 'at least', value: 10e6 } as const
  return {
    goal: '16',
    title: 'backtest',
    measures: [
      {
        id: '16-crossing',
        metric: 'backtest, a signal every 50 candles, candles/s',
        goal: bound,
        usualFloor: [34e6, 38e6],
      },
      { id: '16-held', metric: 'backtest, an entry every 12 h, candles/s', goal: bound },
    ],
    async open() {
      const block = backtestMarket(candles)
      const perSecond = (ms: number) => candles / (ms / 1_000)
      const floor = () => {
        const beganMs = performance.now()
        const { trades } = bareBacktest(block)
        if (trades === 0) throw new Error('the bare backtest made no trade')
        return perSecond(performance.now() - beganMs)
      }
      const ours = async (asked: Asked) => {
        const beganMs = performance.now()
        const run = await ourBacktest(block, asked)
        if (run.trades.length === 0 || run.candles !== candles)
          throw new Error(`our backtest made ${run.trades.length} trades over ${run.candles} candles`)
        return perSecond(performance.now() - beganMs)
      }
      return async () => {
        const bare = floor()
        const figures = { '16-crossing': await ours('crossing'), '16-held': await ours('held') }
        return { floor: { '16-crossing': bare, '16-held': bare }, ours: figures }
      }
    },
  }
}
