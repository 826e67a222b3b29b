import type { CloseReason } from '../domain/close-reason.ts'

/** What the log says when a position is left, by the reason (the texts users know from the systems before this one). */
export function eventText(reason: CloseReason): string {
  if (reason === 'stop_loss') return '🛑 STOP LOSS TRIGGERED'
  if (reason === 'take_profit') return '🎯 TAKE PROFIT HIT'
  if (reason === 'trailing_stop') return '📈 TRAILING STOP'
  if (reason.startsWith('partial_tp_')) return '💰 PARTIAL TP'
  if (reason === 'liquidation') return '🚨 LIQUIDATION RISK'
  return `exit: ${reason}`
}

/** What the log says when stops were moved. */
export const reevaluationText = '📝 Saved reevaluation'
