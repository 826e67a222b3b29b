import type { Account } from '../../../core/account.ts'
import type { Exchange } from '../../../core/exchange.ts'
import { marginState, positionState } from '../../../core/margin.ts'
import { wireSymbol } from '../instruments.ts'

/** A warning is sent when the maintenance margin is this share of what the account is worth. */
const warnAt = 0.8

/** Looks at an account's margin; answers a MARGIN_CALL once each time it has become thin. */
export function watchMargin(exchange: Exchange, account: Account): () => object | undefined {
  let isWarned = false
  return () => {
    const marks = exchange.marks(account)
    const held = [...account.positions].filter(([, { quantity }]) => !quantity.eq(0))
    const state = held.length === 0 ? undefined : marginState(account, 'USDT', marks)
    const isThin = state?.maintenance.gte(state.wallet.plus(state.unrealized).times(warnAt)) ?? false
    if (state === undefined || !isThin || isWarned) {
      isWarned = isThin
      return undefined
    }
    isWarned = true
    const positions = held.map(([symbol]) => {
      const { position, mark, unrealized, maintenance } = positionState(account, symbol, marks)
      return {
        s: wireSymbol(symbol),
        ps: 'BOTH',
        pa: position.quantity.toString(),
        mt: 'CROSSED',
        iw: '0',
        mp: mark.toString(),
        up: unrealized.toFixed(8),
        mm: maintenance.toFixed(8),
      }
    })
    return { e: 'MARGIN_CALL', E: exchange.clock.wallNow(), cw: state.wallet.toFixed(8), p: positions }
  }
}
