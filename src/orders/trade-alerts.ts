import { raiseAlert } from '#db/alerts.ts'
import type { Db } from '#db/client.ts'
import type { Position } from '#db/positions.ts'
import type { CloseReason } from '../domain/close-reason.ts'
import { Decimal, type DecimalText } from '../domain/decimal.ts'
import type { TradeResult } from '../domain/pnl.ts'

/** Tells the user that an entry is through, in the transaction that books it. */
export async function tellOpened(tx: Db, position: Position): Promise<void> {
  const { userId, accountId, id: positionId, symbol, side, quantityEntered, stopLoss, takeProfit } = position
  const price = shown(position.entryPrice ?? '0')
  await raiseAlert(tx, {
    kind: 'position-opened',
    severity: 'trade',
    userId,
    accountId,
    positionId,
    title: `Opened: ${side} ${symbol}`,
    text: `${shown(quantityEntered)} ${symbol} ${side} at ${price}, on a signal of ${position.source}. ${guards(stopLoss, takeProfit)}`,
    facts: {
      symbol,
      side,
      quantity: shown(quantityEntered),
      'entry price': price,
      stop: stopLoss && shown(stopLoss),
      target: takeProfit && shown(takeProfit),
      source: position.source,
    },
  })
}

/** Tells the user what came of a position, in the transaction that closes its books. */
export async function tellClosed(
  tx: Db,
  position: Position,
  { result, reason }: { readonly result: TradeResult; readonly reason: CloseReason },
): Promise<void> {
  const { userId, accountId, id: positionId, symbol, side } = position
  const quote = symbol.split('/')[1]?.split(':')[0] ?? ''
  const net = `${signed(result.netPnl)} ${quote}`
  const percent = `${signed(String(result.profitRatio * 100))} %`
  await raiseAlert(tx, {
    kind: 'position-closed',
    severity: 'trade',
    userId,
    accountId,
    positionId,
    title: `Closed: ${side} ${symbol}, ${net}`,
    text: `${shown(result.quantity)} ${symbol} ${side} left at ${shown(result.exitPrice)}: ${wordsOf(reason)}. The result is ${net} (${percent}) after fees.`,
    facts: {
      symbol,
      side,
      quantity: shown(result.quantity),
      'entry price': shown(result.entryPrice),
      'exit price': shown(result.exitPrice),
      result: net,
      fees: `${shown(result.fees)} ${quote}`,
      reason,
    },
  })
}

function guards(stop: DecimalText | null, target: DecimalText | null): string {
  if (stop === null && target === null) return 'It has neither stop nor target.'
  return `Stop ${stop === null ? 'none' : shown(stop)}, target ${target === null ? 'none' : shown(target)}.`
}

/** Why a position was left, as the end of a sentence. */
function wordsOf(reason: CloseReason): string {
  const words: Readonly<Record<string, string>> = {
    stop_loss: 'its stop was hit',
    take_profit: 'its target was hit',
    trailing_stop: 'its trailing stop was hit',
    time_exit: 'its time was over',
    liquidation: 'its margin was nearly used up',
    signal: 'a signal said so',
    manual: 'somebody closed it by hand',
    emergency: 'it had stood without protection',
    reconciled: 'it had gone at the exchange',
  }
  if (reason.startsWith('partial_tp_')) return `its last partial target was hit`
  if (reason.startsWith('smart_exit:')) return `SmartExit said so (${reason.slice('smart_exit:'.length)})`
  return words[reason] ?? reason
}

/** At most eight significant digits beyond the point, without trailing zeros. */
function shown(value: DecimalText): string {
  return new Decimal(value).toDecimalPlaces(8).toString()
}

function signed(value: DecimalText): string {
  const rounded = new Decimal(value).toDecimalPlaces(2)
  return `${rounded.gte(0) ? '+' : ''}${rounded.toFixed(2)}`
}
