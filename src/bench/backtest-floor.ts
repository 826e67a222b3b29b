import type { CandleBlock } from '../candles/candle-block.ts'
import { crossing } from './backtest-market.ts'

/** What a run came to. */
export interface BareRun {
  readonly equity: number
  readonly trades: number
}

interface Level {
  readonly price: number
  isDone: boolean
}

interface BarePosition {
  readonly entry: number
  quantity: number
  readonly first: number
  readonly stop: number
  readonly target: number
  readonly trail: number
  peak: number
  readonly levels: readonly Level[]
  readonly openedAtMs: number
}

interface BareCandle {
  readonly time: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
}

type BareExit = { readonly kind: 'stop' | 'target' | 'part' | 'time'; readonly price: number }

const longestMs = 43_200_000
const fee = 0.001

/** The exit rules as the shortest program would write them, in doubles and with the worst first. */
function exitOf(position: BarePosition, { open, high, low, time }: BareCandle): BareExit | undefined {
  const stop =
    position.trail > 0
      ? Math.max(position.stop, position.peak - position.peak * position.trail)
      : position.stop
  if (low <= stop) return { kind: 'stop', price: Math.min(open, stop) }
  if (high >= position.target) return { kind: 'target', price: Math.max(open, position.target) }
  for (const level of position.levels)
    if (!level.isDone && high >= level.price) {
      level.isDone = true
      return { kind: 'part', price: Math.max(open, level.price) }
    }
  if (high > position.peak) position.peak = high
  if (time - position.openedAtMs >= longestMs) return { kind: 'time', price: open }
  return undefined
}

/**
 * The bare backtest beside ours: a candle object, a strategy, one position with stop, target, trailing stop, three levels and
 * a time exit, and an equity curve. No sizing, no limits, no decimals, no reasons, one symbol.
 */
export function bareBacktest({ length, time, open, high, low, close }: CandleBlock): BareRun {
  const say = crossing()
  const curve = new Float64Array(length)
  const trades: { readonly timeMs: number; readonly price: number; readonly pnl: number }[] = []
  let position: BarePosition | undefined
  let equity = 10_000
  let wish = 0
  const sell = (held: BarePosition, price: number, quantity: number, timeMs: number) => {
    const pnl = (price - held.entry) * quantity - (price + held.entry) * quantity * fee
    equity += pnl
    held.quantity -= quantity
    trades.push({ timeMs, price, pnl })
    if (held.quantity <= 1e-12) position = undefined
  }
  for (let i = 0; i < length; i++) {
    const candle = {
      time: time[i] as number,
      open: open[i] as number,
      high: high[i] as number,
      low: low[i] as number,
      close: close[i] as number,
    }
    if (wish === 1 && position === undefined) position = entered(candle, equity)
    else if (wish === -1 && position !== undefined)
      sell(position, candle.open, position.quantity, candle.time)
    if (position !== undefined) {
      const exit = exitOf(position, candle)
      if (exit !== undefined) {
        const part = Math.min(position.quantity, position.first / 3)
        sell(position, exit.price, exit.kind === 'part' ? part : position.quantity, candle.time)
      }
    }
    wish = say(candle.close)
    curve[i] = equity + (position === undefined ? 0 : (candle.close - position.entry) * position.quantity)
  }
  return { equity, trades: trades.length }
}

function entered({ open: entry, time }: BareCandle, equity: number): BarePosition {
  const quantity = (equity * 0.95) / entry
  return {
    entry,
    quantity,
    first: quantity,
    stop: entry * 0.98,
    target: entry * 1.1,
    trail: 0.03,
    peak: entry,
    levels: [1.02, 1.04, 1.06].map((factor) => ({ price: entry * factor, isDone: false })),
    openedAtMs: time,
  }
}
