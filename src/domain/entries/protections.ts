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
  const deepest = deepestFall(history.equity, marketNowMs - rule.pauseMs)
  const numbers = { drawdown: deepest, limit: rule.drawdown }
  // Asked at every decision, over a week of minutes: nearly always nothing fell so far in the time that still counts.
  const breach = deepest < rule.drawdown ? undefined : lastBreach(history.equity, rule)
  if (breach === undefined) return pass(numbers)
  const reason = `equity fell ${percentText(breach.drawdown)}, ${percentText(rule.drawdown)} is the limit`
  return pausedUntil(breach.atMs + rule.pauseMs, marketNowMs, reason, { ...numbers, ...breach })
}

/** How far the lowest point after a moment lies under the highest of all: no fall after that moment was deeper. */
function deepestFall(equity: AccountHistory['equity'], afterMs: number): number {
  let highest = 0
  let lowest = Number.POSITIVE_INFINITY
  for (const point of equity) {
    if (point.equity > highest) highest = point.equity
    if (point.atMs > afterMs && point.equity < lowest) lowest = point.equity
  }
  return highest > 0 ? Math.max(0, 1 - lowest / highest) : 0
}

/** The last point that lies so far below the peak of the lookback before it, and lower than every one since that peak. */
function lastBreach(
  equity: AccountHistory['equity'],
  rule: NonNullable<Protections['maxDrawdown']>,
): { readonly atMs: number; readonly drawdown: number } | undefined {
  // Two queues of places, each read and cut at both ends: no point is looked at twice. The first of `peaks`, which fall, is
  // the peak of the lookback; the first of `lows`, which rise, is the lowest since.
  const peaks = new Uint32Array(equity.length)
  const lows = new Uint32Array(equity.length)
  const at = (place: number) => equity[place] as (typeof equity)[number]
  const place = (queue: Uint32Array, index: number) => queue[index] as number
  let [peakHead, peakTail, lowHead, lowTail] = [0, 0, 0, 0]
  let breach: { atMs: number; drawdown: number } | undefined
  for (let i = 0; i < equity.length; i++) {
    const { atMs, equity: value } = at(i)
    while (peakHead < peakTail && at(place(peaks, peakHead)).atMs <= atMs - rule.lookbackMs) peakHead++
    while (peakTail > peakHead && at(place(peaks, peakTail - 1)).equity <= value) peakTail--
    peaks[peakTail++] = i
    const peak = place(peaks, peakHead)
    while (lowHead < lowTail && place(lows, lowHead) < peak) lowHead++
    const isNewLow = lowHead === lowTail || value < at(place(lows, lowHead)).equity
    while (lowTail > lowHead && at(place(lows, lowTail - 1)).equity >= value) lowTail--
    lows[lowTail++] = i
    if (!isNewLow) continue
    const drawdown = 1 - value / at(peak).equity
    if (drawdown >= rule.drawdown) breach = { atMs, drawdown }
  }
  return breach
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
