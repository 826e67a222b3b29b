import type { Account } from '../../core/account.ts'
import type { Leg } from '../../core/position.ts'
import type { SignedCall } from './call.ts'
import { Failure } from './failure.ts'

const hedgeSwitch = 'dualSidePosition'
const legs: Readonly<Record<string, Leg>> = { LONG: 'long', SHORT: 'short' }

/** Whether an account holds a long and a short side by side. */
export function isHedged({ settings }: Account): boolean {
  return settings.get(hedgeSwitch) === 'true'
}

/** The position an order means: one of two in hedge mode, the only one otherwise. */
export function legOf({ parameters, account }: SignedCall): Leg | undefined {
  const side = parameters.find('positionSide') ?? 'BOTH'
  const leg = legs[side]
  if (isHedged(account) !== (leg !== undefined))
    throw new Failure(-4061, "Order's position side does not match user's setting.")
  if (leg !== undefined && parameters.find('reduceOnly') !== undefined)
    throw new Failure(-1106, "Parameter 'reduceonly' sent when not required.")
  return leg
}

/** The venue's word for a leg. */
export function positionSideOf(leg: Leg | undefined): 'BOTH' | 'LONG' | 'SHORT' {
  return leg === undefined ? 'BOTH' : leg === 'long' ? 'LONG' : 'SHORT'
}

/** POST /fapi/v1/positionSide/dual */
export function setPositionMode({ parameters, account, exchange }: SignedCall) {
  const wanted = parameters.flag('dualSidePosition')
  if (wanted === isHedged(account)) throw new Failure(-4059, 'No need to change position side.')
  if ([...account.open.values()].some(({ market }) => market === 'futures'))
    throw new Failure(-4067, 'Position side cannot be changed if there exists open orders.')
  if (account.openPositions().length > 0)
    throw new Failure(-4068, 'Position side cannot be changed if there exists position.')
  exchange.set(account, hedgeSwitch, String(wanted))
  return { code: 200, msg: 'success' }
}
