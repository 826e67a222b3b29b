import type { Instrument } from '../../core/instrument.ts'
import type { Refusal } from '../../core/refusal.ts'

/** An error answer in the venue's words; HTTP says 200 to nearly all of them. */
export class Failure extends Error {
  readonly code: number
  readonly status: number

  constructor(code: number, text: string, status = 200) {
    super(text)
    this.code = code
    this.status = status
  }
}

export const badParameter = (what: string) => new Failure(10001, `params error: ${what}`)
export const unknownSymbol = () => new Failure(10001, 'params error: symbol invalid')
export const badKey = () => new Failure(10003, 'API key is invalid.')
export const expiredKey = () => new Failure(33004, 'Your api key has expired.')
export const forbidden = () => new Failure(10005, 'Permission denied, please check your API key permissions.')

const spotRefusals: Readonly<Record<Refusal, readonly [number, string]>> = {
  'duplicate-client-id': [170141, 'Duplicate clientOrderId'],
  'insufficient-balance': [170131, 'Insufficient balance.'],
  'insufficient-margin': [170033, 'margin Insufficient account balance'],
  'reduce-only': [170227, 'This feature is not supported.'],
  'would-take': [170218, 'The LIMIT-MAKER order is rejected due to invalid price.'],
  'would-trigger': [170210, 'New order rejected.'],
  'price-tick': [170134, 'Order price has too many decimals.'],
  'price-range': [170133, 'Order price lower than the minimum.'],
  'price-above': [170193, 'Buy order price cannot be higher than the limit.'],
  'price-below': [170194, 'Sell order price cannot be lower than the limit.'],
  'quantity-step': [170137, 'Order quantity has too many decimals.'],
  'quantity-small': [170136, 'Order quantity exceeded lower limit.'],
  'quantity-large': [170135, 'Order quantity exceeded upper limit.'],
  'market-quantity': [170135, 'Order quantity exceeded upper limit.'],
  notional: [170140, 'Order value exceeded lower limit.'],
  'position-limit': [170135, 'Order quantity exceeded upper limit.'],
  'thin-book': [170135, 'Order quantity exceeded upper limit.'],
}

const linearRefusals: Readonly<Record<Refusal, readonly [number, string]>> = {
  'duplicate-client-id': [110072, 'OrderLinkedID is duplicate'],
  'insufficient-balance': [110004, 'Wallet balance is insufficient'],
  'insufficient-margin': [110007, 'ab not enough for new order'],
  'reduce-only': [110017, 'current position is zero, cannot fix reduce-only order qty'],
  'would-take': [110003, 'Order price is out of permissible range'],
  'would-trigger': [110093, 'expect Falling, but trigger_price >= current'],
  'price-tick': [10001, 'params error: price has too many decimals'],
  'price-range': [110003, 'Order price is out of permissible range'],
  'price-above': [110003, 'Order price is out of permissible range'],
  'price-below': [110003, 'Order price is out of permissible range'],
  'quantity-step': [10001, 'Qty invalid'],
  'quantity-small': [10001, 'The number of contracts exceeds minimum limit allowed'],
  'quantity-large': [10001, 'The number of contracts exceeds maximum limit allowed: too large'],
  'market-quantity': [10001, 'The number of contracts exceeds maximum limit allowed: too large'],
  notional: [110094, 'Order does not meet minimum order value {minNotional}USDT'],
  'position-limit': [110090, 'Order placement failed as your position may exceed the max. limit.'],
  'thin-book': [110003, 'Order price is out of permissible range'],
}

/** The venue's answer to an order that it does not take. */
export function refusal({ market, minNotional }: Instrument, reason: Refusal): Failure {
  const [code, text] = (market === 'spot' ? spotRefusals : linearRefusals)[reason]
  return new Failure(code, text.replace('{minNotional}', minNotional.toString()))
}

/** The venue's answer when it has no such open order. */
export function unknownOrder(market: Instrument['market']): Failure {
  return market === 'spot'
    ? new Failure(170213, 'Order does not exist.')
    : new Failure(110001, 'order not exists or too late to cancel')
}
