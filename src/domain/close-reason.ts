/** The layers of SmartExit, in the order in which they are asked. */
export const smartExitLayers = ['reversal', 'momentum_fade', 'volatility_spike'] as const
export type SmartExitLayer = (typeof smartExitLayers)[number]

/** Why an exit was sent; it lies on the order and on the trade. */
export const closeReasons = [
  'stop_loss',
  'take_profit',
  'trailing_stop',
  'partial_tp_1',
  'partial_tp_2',
  'partial_tp_3',
  'time_exit',
  'liquidation',
  'smart_exit:reversal',
  'smart_exit:momentum_fade',
  'smart_exit:volatility_spike',
  'signal',
  'manual',
  'emergency',
  'reconciled',
] as const
export type CloseReason = (typeof closeReasons)[number]

/** Whether the text is one of the close reasons above. */
export function isCloseReason(text: string): text is CloseReason {
  return (closeReasons as readonly string[]).includes(text)
}
