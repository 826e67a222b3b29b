import type { Protections } from '../trading-settings.ts'
import type { AccountHistory, ClosedTrade } from './decision.ts'
import { momentText, pass, percentText, refuse, type Verdict } from './verdict.ts'

/** What the protections look at. Times are market time. */
export interface ProtectionQuestion {
  readonly protections: Protections
  readonly history: Pick<AccountHistory, 'trades' | 'equity'>
  readonly symbol: string
  readonly marketNowMs: number
}

const stopReasons: ReadonlySet<string> = new Set(['stop_loss', 'trailing_stop', 'liquidation'])

/** CooldownPeriod: a symbol rests after each of its trades. */
export function cooldown({ protections, history, symbol, marketNowMs }: ProtectionQuestion): Verdict {
  if (protections.cooldownMs === null) return pass({ isOn: false })
  const last = latest(history.trades.filter((trade) => trade.symbol === symbol))
  if (last === undefined) return pass()
  return pausedUntil(last.closedAtMs + protections.cooldownMs, marketNowMs, `${symbol} cools down`)
}

/** StoplossGuard: so many losing stops within the lookback pause the account, counted from each stop that completes them. */
export function stoplossGuard({ protections, history, marketNowMs }: ProtectionQuestion): Verdict {
  const guard = protections.stoplossGuard
  if (guard === null) return pass({ isOn: false })
  const stops = history.trades
    .filter((trade) => stopReasons.has(trade.closeReason) && trade.profitRatio < 0)
    .map((trade) => trade.closedAtMs)
    .toSorted((a, b) => a - b)
  const completing = stops.filter((at, i) => {
    const first = stops[i - guard.stops + 1]
    return first !== undefined && first > at - guard.lookbackMs
  })
  const last = completing.at(-1)
  if (last === undefined)
    return pass({ stops: stops.filter((at) => at > marketNowMs - guard.lookbackMs).length })
  return pausedUntil(
    last + guard.pauseMs,
    marketNowMs,
    `${guard.stops} losing stops within ${Math.round(guard.lookbackMs / 3_600_000)} h`,
  )
}

/**
 * MaxDrawdown on account equity: each new low that lies so far below the peak of the lookback pauses the account anew; an
 * account that merely stays down may trade again after the pause.
 */
export function maxDrawdown({ protections, history, marketNowMs }: ProtectionQuestion): Verdict {
  const rule = protections.maxDrawdown
  if (rule === null) return pass({ isOn: false })
  let peak = 0
  let low = 0
  let deepest = 0
  let breachedAtMs: number | undefined
  for (const { atMs, equity } of history.equity) {
    if (atMs <= marketNowMs - rule.lookbackMs) continue
    if (equity >= peak) {
      peak = equity
      low = equity
    } else if (equity < low) {
      low = equity
      const drawdown = 1 - equity / peak
      deepest = Math.max(deepest, drawdown)
      if (drawdown >= rule.drawdown) breachedAtMs = atMs
    }
  }
  if (breachedAtMs === undefined) return pass({ drawdown: deepest, limit: rule.drawdown })
  const reason = `equity fell ${percentText(deepest)}, more than ${percentText(rule.drawdown)}`
  return pausedUntil(breachedAtMs + rule.pauseMs, marketNowMs, reason)
}

/** LowProfitPairs: a symbol whose trades of the lookback brought too little rests. */
export function lowProfitPairs({ protections, history, symbol, marketNowMs }: ProtectionQuestion): Verdict {
  const rule = protections.lowProfitPairs
  if (rule === null) return pass({ isOn: false })
  const trades = history.trades.filter(
    (trade) => trade.symbol === symbol && trade.closedAtMs > marketNowMs - rule.lookbackMs,
  )
  const profit = trades.reduce((sum, trade) => sum + trade.profitRatio, 0)
  const last = latest(trades)
  if (last === undefined || trades.length < rule.minTrades || profit >= rule.minProfit)
    return pass({ trades: trades.length, profit })
  const reason = `${symbol} brought ${percentText(profit)} in ${trades.length} trades`
  return pausedUntil(last.closedAtMs + rule.pauseMs, marketNowMs, reason)
}

function latest(trades: readonly ClosedTrade[]): ClosedTrade | undefined {
  return trades.reduce<ClosedTrade | undefined>(
    (last, trade) => (last === undefined || trade.closedAtMs > last.closedAtMs ? trade : last),
    undefined,
  )
}

function pausedUntil(untilMs: number, marketNowMs: number, reason: string): Verdict {
  const numbers = { untilMs }
  return marketNowMs < untilMs
    ? refuse(`${reason}; no entries until ${momentText(untilMs)}`, numbers)
    : pass(numbers)
}
