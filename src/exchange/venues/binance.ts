import type { ClientIdRule, VenueCard } from '../venue-card.ts'
import { meaningOf, textOf } from './binance-answers.ts'
import { binanceOrders, orderWindowMs } from './binance-calls.ts'
import { futuresHoldings, keyPermissions, spotHoldings } from './binance-holdings.ts'

const dayMs = 24 * 60 * 60_000

const clientIds: ClientIdRule = {
  pattern: /^[.A-Z:/a-z0-9_-]{1,36}$/,
  isUniqueAmong: 'open',
  lookUp: 'one-question',
}

/** Binance spot and USD-M futures. */
export const binance: VenueCard = {
  exchange: 'binance',
  ccxtId: 'binance',
  orderWindowMs,
  clockToleranceMs: 1_000,
  readLagMs: 3_000,
  nonce: 'time',
  markets: {
    spot: {
      options: { defaultType: 'spot', fetchMarkets: { types: ['spot'] } },
      calls: { ...binanceOrders({ type: 'spot', hasStops: false }), ...spotHoldings },
      clientIds,
      hasReduceOnly: false,
      hasLeverage: false,
      hasHedgeMode: false,
      hasStops: false,
      hasAttachedStop: false,
      marketBuyIn: ['base', 'quote'],
      memory: { filledMs: Number.POSITIVE_INFINITY, unfilledMs: 90 * dayMs },
      testnet: 'sandbox',
      weightPerMinute: 6_000,
    },
    futures: {
      options: { defaultType: 'swap', fetchMarkets: { types: ['linear'] } },
      calls: { ...binanceOrders({ type: 'swap', hasStops: true }), ...futuresHoldings },
      clientIds,
      hasReduceOnly: true,
      hasLeverage: true,
      hasHedgeMode: true,
      hasStops: true,
      hasAttachedStop: false,
      marketBuyIn: ['base'],
      memory: { filledMs: 90 * dayMs, unfilledMs: 3 * dayMs },
      testnet: 'demo',
      weightPerMinute: 2_400,
    },
  },
  isAnswer: () => true,
  meaningOf,
  textOf,
  keyPermissions,
}
