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
 * MaxDrawdown on account equity: each new low that lies so far below the peak of the lookback before it pauses the account
 * anew; an account that merely stays down may trade again after the pause. The pause lasts also when the peak has left the
 * lookback meanwhile.
 */
export function maxDrawdown({ protections, history, marketNowMs }: ProtectionQuestion): Verdict {
  const rule = protections.maxDrawdown
  if (rule === null) return pass({ isOn: false })
  const lows = newLows(history.equity, rule.lookbackMs)
  const deepest = lows.findLast(({ drawdown }) => drawdown >= rule.drawdown)
  const numbers = { drawdown: lows.at(-1)?.drawdown ?? 0, limit: rule.drawdown }
  if (deepest === undefined) return pass(numbers)
  const reason = `equity fell ${percentText(deepest.drawdown)}, ${percentText(rule.drawdown)} is the limit`
  return pausedUntil(deepest.atMs + rule.pauseMs, marketNowMs, reason, { ...numbers, ...deepest })
}

/** Each point that is lower than every one since the peak of the lookback before it, with how far below the peak it lies. */
function newLows(
  equity: AccountHistory['equity'],
  lookbackMs: number,
): { readonly atMs: number; readonly drawdown: number }[] {
  const lows: { atMs: number; drawdown: number }[] = []
  // Points that no later one reaches, falling: the first of them is the peak.
  const peaks: number[] = []
  let head = 0
  let peak = -1
  let low = 0
  for (const [i, { atMs, equity: value }] of equity.entries()) {
    while (head < peaks.length && (equity[peaks[head] ?? 0]?.atMs ?? 0) <= atMs - lookbackMs) head++
    while (peaks.length > head && (equity[peaks.at(-1) ?? 0]?.equity ?? 0) <= value) peaks.pop()
    peaks.push(i)
    const first = peaks[head] ?? i
    if (first !== peak) {
      peak = first
      low = equity[first]?.equity ?? 0
      for (let at = first; at < i; at++) low = Math.min(low, equity[at]?.equity ?? 0)
    }
    if (value >= low) continue
    low = value
    lows.push({ atMs, drawdown: 1 - value / (equity[first]?.equity ?? value) })
  }
  return lows
}

/** LowProfitPairs: a symbol whose trades of the lookback before one of its closes brought too little rests from then on. */
export function lowProfitPairs({ protections, history, symbol, marketNowMs }: ProtectionQuestion): Verdict {
  const rule = protections.lowProfitPairs
  if (rule === null) return pass({ isOn: false })
  const trades = history.trades
    .filter((trade) => trade.symbol === symbol)
    .toSorted((a, b) => a.closedAtMs - b.closedAtMs)
  const before = (untilMs: number) => {
    const counted = trades.filter(
      ({ closedAtMs }) => closedAtMs <= untilMs && closedAtMs > untilMs - rule.lookbackMs,
    )
    return { trades: counted.length, profit: counted.reduce((sum, trade) => sum + trade.profitRatio, 0) }
  }
  const poor = trades.findLast(({ closedAtMs }) => {
    const { trades: count, profit } = before(closedAtMs)
    return count >= rule.minTrades && profit < rule.minProfit
  })
  if (poor === undefined) return pass({ ...before(marketNowMs), least: rule.minProfit })
  const numbers = { ...before(poor.closedAtMs), least: rule.minProfit }
  const reason = `${symbol} brought ${percentText(numbers.profit)} in ${numbers.trades} trades`
  return pausedUntil(poor.closedAtMs + rule.pauseMs, marketNowMs, reason, numbers)
}

function latest(trades: readonly ClosedTrade[]): ClosedTrade | undefined {
  return trades.reduce<ClosedTrade | undefined>(
    (last, trade) => (last === undefined || trade.closedAtMs > last.closedAtMs ? trade : last),
    undefined,
  )
}

function pausedUntil(
  untilMs: number,
  marketNowMs: number,
  reason: string,
  found: Verdict['numbers'] = {},
): Verdict {
  const numbers = { ...found, untilMs }
  return marketNowMs < untilMs
    ? refuse(`${reason}; no entries until ${momentText(untilMs)}`, numbers)
    : pass(numbers)
}

/** How far back the rules look, in market ms: closed trades (30 days for half-Kelly at least), and equity. */
export function lookBackOf(protections: Protections): {
  readonly tradesMs: number
  readonly equityMs: number
} {
  const { cooldownMs, stoplossGuard: guard, maxDrawdown: drawdown, lowProfitPairs: pairs } = protections
  const reach = (rule: { readonly lookbackMs: number; readonly pauseMs: number } | null) =>
    rule === null ? 0 : rule.lookbackMs + rule.pauseMs
  return {
    tradesMs: Math.max(30 * 86_400_000, cooldownMs ?? 0, reach(guard), reach(pairs)),
    equityMs: reach(drawdown),
  }
}
