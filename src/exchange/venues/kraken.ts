import type { VenueCard } from '../venue-card.ts'
import { isAnswer, meaningOf, textOf } from './kraken-answers.ts'
import { krakenOrders, orderWindowMs } from './kraken-calls.ts'
import { keyPermissions, krakenHoldings } from './kraken-holdings.ts'

const dayMs = 24 * 60 * 60_000

/** Kraken spot. */
export const kraken: VenueCard = {
  exchange: 'kraken',
  ccxtId: 'kraken',
  orderWindowMs,
  // The venue tells its time in whole seconds.
  clockToleranceMs: 2_000,
  readLagMs: 3_000,
  nonce: 'increasing',
  markets: {
    spot: {
      options: {},
      calls: { ...krakenOrders, ...krakenHoldings },
      clientIds: {
        pattern: /^([0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}|[\x21-\x7e]{1,18})$/i,
        isUniqueAmong: 'open',
        lookUp: 'open-then-closed',
      },
      hasReduceOnly: false,
      hasLeverage: false,
      hasHedgeMode: false,
      // A stop that rests locks the coins, and closes no more than it was placed for: the monitor protects.
      hasStops: false,
      hasAttachedStop: false,
      marketBuyIn: ['base', 'quote'],
      // Nobody says for how long its lists go back: a month is not doubted.
      memory: { filledMs: 30 * dayMs, unfilledMs: 30 * dayMs },
      testnet: undefined,
      // Limits are of accounts; what an address may ask in public is about a question a second.
      weightPerMinute: 7_200,
      limits: [
        {
          name: 'the counter of calls',
          whose: 'account',
          burst: 20,
          perSecond: 0.5,
          costs: {
            find: 2,
            fills: 2,
            'open-orders': 1,
            'all-open-orders': 1,
            orders: 2,
            holdings: 1,
            movements: 2,
            permissions: 1,
          },
        },
        {
          name: 'the counter of orders',
          whose: 'account',
          burst: 125,
          perSecond: 2.34,
          // Taking back an order of the last five seconds costs eight, and less from then on.
          costs: { place: 1, cancel: 8 },
        },
      ],
    },
  },
  isAnswer,
  meaningOf,
  textOf,
  keyPermissions,
}
