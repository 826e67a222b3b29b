import type { Position as CcxtPosition } from 'ccxt'
import type { VenuePosition } from './venue-order.ts'

/** An open position from ccxt's answer; undefined when it names none. */
export function readPosition(position: CcxtPosition): VenuePosition | undefined {
  const { symbol, side, contracts, markPrice, liquidationPrice } = position
  if (symbol === undefined || contracts === undefined) return undefined
  return {
    symbol,
    quantity: side === 'short' ? `-${contracts}` : String(contracts),
    entryPrice: String(position.entryPrice),
    markPrice: markPrice === undefined ? null : String(markPrice),
    liquidationPrice: liquidationPrice === undefined ? null : String(liquidationPrice),
    unrealizedPnl: String(position.unrealizedPnl ?? '0'),
    initialMargin: String(position.initialMargin ?? '0'),
    maintenanceMargin: String(position.maintenanceMargin ?? '0'),
    isolatedMargin: position.marginMode === 'isolated' ? String(position.collateral ?? '0') : null,
  }
}
