import { expect, test } from 'vitest'
import { closeReasons, isCloseReason } from '#src/domain/close-reason.ts'

test('the close reasons are the registered ones, and a layer of SmartExit is named', () => {
  expect(closeReasons).toEqual([
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
  ])
  for (const text of ['smart_exit', 'smart_exit:', 'partial_tp_4', 'stop loss', ''])
    expect(isCloseReason(text), text).toBe(false)
})
