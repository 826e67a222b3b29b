import { allowsShort } from '../market.ts'
import type { Side } from '../side.ts'
import type { DecisionInput, Exposure } from './decision.ts'
import { note, refuse, type Verdict } from './verdict.ts'

/** What acting on a signal would mean for this account. */
export type Intent =
  | { readonly verdict: Verdict; readonly action: 'open'; readonly side: Side }
  | { readonly verdict: Verdict; readonly action: 'close'; readonly position: Exposure }
  | { readonly verdict: Verdict; readonly action: 'none' }

/**
 * BUY opens a long or closes a short; SELL closes a long, or opens a short where the market and allow_short let it. A signal
 * closes a position only when it comes from the source that opened it, or from titan_v3.
 */
export function intentOf(input: DecisionInput): Intent {
  const { signal, account, settings, exposures, filters } = input
  if (signal.action === 'HOLD') return none('HOLD asks for nothing')
  const side: Side = signal.action === 'BUY' ? 'long' : 'short'
  const living = exposures.find((exposure) => exposure.symbol === filters?.symbol)
  if (living !== undefined) return closing(input, side, living)
  const numbers = { action: signal.action, market: account.market, allowShort: settings.allowShort }
  if (side === 'short' && !allowsShort(account.market))
    return none('nothing to sell, and spot cannot go short', numbers)
  if (side === 'short' && !settings.allowShort)
    return none('nothing to sell, and allow_short is off', numbers)
  if (input.history.hasEnteredSignal) return none('this account has already entered on this signal', numbers)
  const said = `${signal.source} says ${signal.action} with confidence ${signal.confidence.toFixed(2)}`
  return { verdict: note(`${said}: a ${side} is opened`, { ...numbers, side }), action: 'open', side }
}

function closing({ signal }: DecisionInput, side: Side, living: Exposure): Intent {
  const numbers = { action: signal.action, held: living.side, state: living.state, openedBy: living.source }
  if (living.side === side) return none(`a ${side} is already ${living.state} on ${living.symbol}`, numbers)
  if (living.state === 'reserved') return none(`the entry on ${living.symbol} is still under way`, numbers)
  if (living.state === 'closing')
    return none(`the ${living.side} on ${living.symbol} is already being closed`, numbers)
  if (signal.source !== living.source && signal.source !== 'titan_v3')
    return none(`only ${living.source} or titan_v3 may close what ${living.source} opened`, numbers)
  const verdict = note(`${signal.source} says ${signal.action}: the ${living.side} is closed`, numbers)
  return { verdict, action: 'close', position: living }
}

function none(reason: string, numbers: Verdict['numbers'] = {}): Intent {
  return { verdict: refuse(reason, numbers), action: 'none' }
}
