/** Why the venue does not take an order. Each venue has its own code and text for these. */
export type Refusal =
  | 'duplicate-client-id'
  | 'insufficient-balance'
  | 'insufficient-margin'
  | 'reduce-only'
  | 'would-take'
  | 'would-trigger'
  | 'price-tick'
  | 'price-range'
  | 'price-above' // the band around the last price
  | 'price-below'
  | 'quantity-step'
  | 'quantity-small'
  | 'quantity-large'
  | 'market-quantity'
  | 'notional'
  | 'position-limit' // more than the venue lets be held at this leverage
  | 'thin-book' // a market order the book has not enough for
