import { Decimal } from '../../../domain/decimal.ts'
import { instrumentOf, type SignedCall } from './call.ts'
import { Failure } from './failure.ts'
import { legOf } from './legs.ts'

/** POST /fapi/v1/marginType */
export function setMarginType(call: SignedCall) {
  const { parameters, account, exchange } = call
  const { symbol } = instrumentOf(call, 'futures')
  const wrong = new Failure(-4063, 'Invalid margin type.')
  const wanted = parameters.oneOf('marginType', ['CROSSED', 'ISOLATED'], wrong)
  const mode = wanted === 'ISOLATED' ? 'isolated' : 'cross'
  exchange.advance()
  if (account.marginMode(symbol) === mode) throw new Failure(-4046, 'No need to change margin type.')
  if ([...account.open.values()].some(({ record }) => record.symbol === symbol))
    throw new Failure(-4047, 'Margin type cannot be changed if there exists open orders.')
  if (account.openPositions(symbol).length > 0)
    throw new Failure(-4048, 'Margin type cannot be changed if there exists position.')
  exchange.holdings.setMarginMode(account, symbol, mode)
  return { code: 200, msg: 'success' }
}

/** POST /fapi/v1/positionMargin: `type` 1 sets more aside, 2 less. */
export function movePositionMargin(call: SignedCall) {
  const { parameters, account, exchange } = call
  const { symbol } = instrumentOf(call, 'futures')
  const leg = legOf(call)
  const amount = parameters.decimal('amount')
  const type = parameters.oneOf(
    'type',
    ['1', '2'],
    new Failure(-1102, "Mandatory parameter 'type' was malformed."),
  )
  exchange.advance()
  const position = account.openPositions(symbol).find((each) => each.leg === leg)
  if (position === undefined) throw new Failure(-4054, 'Cannot add position margin: position is 0.')
  if (account.marginMode(symbol) === 'cross')
    throw new Failure(-4046, 'Cannot change the margin of a position in cross margin.')
  const signed = new Decimal(amount).times(type === '1' ? 1 : -1)
  if (!exchange.holdings.moveMargin(account, position, signed))
    throw new Failure(-4051, 'Isolated balance insufficient.')
  return {
    amount: Number(amount),
    code: 200,
    msg: 'Successfully modify position margin.',
    type: Number(type),
  }
}
