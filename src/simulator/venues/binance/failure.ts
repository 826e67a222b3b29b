import type { Instrument } from '../../core/instrument.ts'
import type { Refusal } from '../../core/refusal.ts'

/** An error answer in the venue's words. */
export class Failure extends Error {
  readonly code: number
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(code: number, text: string, status = 400, headers: Readonly<Record<string, string>> = {}) {
    super(text)
    this.code = code
    this.status = status
    this.headers = headers
  }
}

export const unknownSymbol = () => new Failure(-1121, 'Invalid symbol.')
export const unknownOrder = () => new Failure(-2013, 'Order does not exist.')
export const archivedOrder = () =>
  new Failure(
    -2026,
    'Order was canceled or expired with no executed qty over 90 days ago and has been archived.',
  )
export const unknownCancel = () => new Failure(-2011, 'Unknown order sent.')
export const badKey = () => new Failure(-2015, 'Invalid API-key, IP, or permissions for action.', 401)
export const missing = (name: string) =>
  new Failure(-1102, `Mandatory parameter '${name}' was not sent, was empty/null, or malformed.`)

const filter = (name: string) => [-1013, `Filter failure: ${name}`] as const

const spotRefusals: Readonly<Record<Refusal, readonly [number, string]>> = {
  'duplicate-client-id': [-2010, 'Duplicate order sent.'],
  'insufficient-balance': [-2010, 'Account has insufficient balance for requested action.'],
  'insufficient-margin': [-2010, 'Account has insufficient balance for requested action.'],
  'reduce-only': [-2010, 'Order would not reduce.'],
  'would-take': [-2010, 'Order would immediately match and take.'],
  'would-trigger': [-2010, 'Stop price would trigger immediately.'],
  'price-tick': filter('PRICE_FILTER'),
  'price-range': filter('PRICE_FILTER'),
  'price-above': filter('PERCENT_PRICE_BY_SIDE'),
  'price-below': filter('PERCENT_PRICE_BY_SIDE'),
  'quantity-step': filter('LOT_SIZE'),
  'quantity-small': filter('LOT_SIZE'),
  'quantity-large': filter('LOT_SIZE'),
  'market-quantity': filter('MARKET_LOT_SIZE'),
  notional: filter('NOTIONAL'),
  'position-limit': filter('MAX_POSITION'),
  'thin-book': [-2010, 'Market is closed.'],
}

const futuresRefusals: Readonly<Record<Refusal, readonly [number, string]>> = {
  'duplicate-client-id': [-4116, 'ClientOrderId is duplicated.'],
  'insufficient-balance': [-2019, 'Margin is insufficient.'],
  'insufficient-margin': [-2019, 'Margin is insufficient.'],
  'reduce-only': [-2022, 'ReduceOnly Order is rejected.'],
  'would-take': [
    -5022,
    'Due to the order could not be executed as maker, the Post Only order will be rejected. The order will not be recorded in the order history',
  ],
  'would-trigger': [-2021, 'Order would immediately trigger.'],
  'price-tick': [-4014, 'Price not increased by tick size.'],
  'price-range': [-4013, 'Price less than min price.'],
  'price-above': [-4016, "Limit price can't be higher than the price band."],
  'price-below': [-4024, "Limit price can't be lower than the price band."],
  'quantity-step': [-1111, 'Precision is over the maximum defined for this asset.'],
  'quantity-small': [-4003, 'Quantity less than or equal to zero.'],
  'quantity-large': [-4005, 'Quantity greater than max quantity.'],
  'market-quantity': [-4005, 'Quantity greater than max quantity.'],
  notional: [
    -4164,
    "Order's notional must be no smaller than {minNotional} (unless you choose reduce only).",
  ],
  'position-limit': [-2027, 'Exceeded the maximum allowable position at current leverage.'],
  'thin-book': [-4131, "The counterparty's best price does not meet the PERCENT_PRICE filter limit."],
}

/** The venue's answer to a refused order. */
export function refusal({ market, minNotional }: Instrument, reason: Refusal): Failure {
  const [code, text] = (market === 'spot' ? spotRefusals : futuresRefusals)[reason]
  return new Failure(code, text.replace('{minNotional}', minNotional.toString()))
}
