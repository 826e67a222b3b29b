import { type LiquidationPlan, marginBuffer, planLiquidation } from '../domain/exits/liquidation.ts'
import { roundToTick } from '../domain/tick.ts'
import type { OpenPosition } from './open-position.ts'

/** The venue's stop-out amount as a share of a position's notional: the lowest bracket of most symbols on Binance futures. */
const maintenance = 0.005

/** A position with the price it is judged at. */
export interface Judged {
  readonly position: OpenPosition
  readonly price: number
}

/** A position with where its price stands and where it goes at worst. */
export interface Threatened {
  readonly position: OpenPosition
  readonly fromPrice: number
  readonly worstPrice: number
}

/** So many halvings find the place on the way to a hundred-millionth of it. */
const halvings = 27

/**
 * Where on the way of all prices to their worst everything has to be closed: the positions with their prices there, on ticks;
 * undefined when not even the end of the way asks for it.
 */
export function liquidatedOnTheWay(account: {
  readonly collateral: number
  readonly positions: readonly Threatened[]
  readonly nowMs: number
}): readonly Judged[] | undefined {
  const at = (share: number) =>
    account.positions.map(({ position, fromPrice, worstPrice }) => ({
      position,
      price: roundToTick(fromPrice + share * (worstPrice - fromPrice), position.rules.tick),
    }))
  const isOver = (share: number) =>
    judgeAccount({ ...account, positions: at(share), halvedAtMs: undefined }).close.length > 0
  if (!isOver(1)) return undefined
  let [before, beyond] = [0, 1]
  for (let i = 0; i < halvings; i++) {
    const middle = (before + beyond) / 2
    if (isOver(middle)) beyond = middle
    else before = middle
  }
  return at(beyond)
}

/** What the margin of a futures account asks for, all its positions on one collateral. Money in quote, as doubles. */
export function judgeAccount(account: {
  readonly collateral: number
  readonly positions: readonly Judged[]
  readonly halvedAtMs: number | undefined
  readonly nowMs: number
}): LiquidationPlan {
  let [equity, used, stopOut] = [account.collateral, 0, 0]
  const positions = account.positions.map(({ position, price }) => {
    const notional = position.size * price
    const unrealizedPnl = position.direction * (price - position.state.entryPrice) * position.size
    equity += unrealizedPnl
    used += notional / position.opening.leverage
    stopOut += notional * maintenance
    return { positionId: position.state.positionId, unrealizedPnl }
  })
  const buffer = marginBuffer({ equity, used, stopOut })
  return planLiquidation({ buffer, positions, halvedAtMs: account.halvedAtMs, nowMs: account.nowMs })
}
