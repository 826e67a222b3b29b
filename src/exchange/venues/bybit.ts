import { type RateLimit, withinWindow } from '../rate-limit.ts'
import type { ClientIdRule, VenueCard } from '../venue-card.ts'
import { isAnswer, meaningOf, textOf } from './bybit-answers.ts'
import { bybitOrders, orderWindowMs } from './bybit-calls.ts'
import { keyPermissions, linearHoldings, spotHoldings } from './bybit-holdings.ts'

const dayMs = 24 * 60 * 60_000

const clientIds: ClientIdRule = {
  pattern: /^[A-Za-z0-9_-]{1,36}$/,
  isUniqueAmong: 'all',
  lookUp: 'open-then-closed',
}
/** What ended without a fill is kept for a day, what was filled for two years. */
const memory = { filledMs: 730 * dayMs, unfilledMs: dayMs }
/** Asked for by the class at its first private call otherwise; only unified accounts are connected. */
const isUnified = { enableUnifiedAccount: true, enableUnifiedMargin: false, unifiedMarginStatus: 6 }
/** 600 requests in 5 s of one address, whatever they ask. */
const weightPerMinute = 7_200
const ofAddress: RateLimit = {
  name: 'the requests in 5 s',
  whose: 'ip',
  ...withinWindow(600, 5_000),
  costs: {
    place: 1,
    cancel: 2, // one of them finds an attached stop
    find: 2,
    fills: 1,
    'open-orders': 1,
    'all-open-orders': 1,
    orders: 3,
    holdings: 1,
    positions: 1,
    movements: 1,
    setting: 1,
    permissions: 1,
  },
}

/** Each endpoint counts for itself, and spot apart from linear. */
const limitsOf = (ordersPerSecond: number): readonly RateLimit[] => [
  {
    name: 'the orders a second',
    whose: 'account',
    ...withinWindow(ordersPerSecond, 1_000),
    costs: { place: 1 },
  },
  {
    name: 'the cancels a second',
    whose: 'account',
    ...withinWindow(ordersPerSecond, 1_000),
    costs: { cancel: 1 },
  },
  ofAddress,
]

/** Bybit v5, spot and linear perpetuals, on its unified account. */
export const bybit: VenueCard = {
  exchange: 'bybit',
  ccxtId: 'bybit',
  orderWindowMs,
  clockToleranceMs: 1_000,
  readLagMs: 3_000,
  nonce: 'time',
  markets: {
    spot: {
      options: { defaultType: 'spot', fetchMarkets: { types: ['spot'] }, ...isUnified },
      calls: { ...bybitOrders('spot'), ...spotHoldings },
      clientIds,
      hasReduceOnly: false,
      hasLeverage: false,
      hasHedgeMode: false,
      hasStops: false,
      hasAttachedStop: false,
      marketBuyIn: ['quote', 'base'],
      memory,
      testnet: 'sandbox',
      weightPerMinute,
      limits: limitsOf(20),
    },
    futures: {
      options: { defaultType: 'swap', fetchMarkets: { types: ['linear'] }, ...isUnified },
      calls: { ...bybitOrders('swap'), ...linearHoldings },
      clientIds,
      hasReduceOnly: true,
      hasLeverage: true,
      hasHedgeMode: true,
      hasStops: true,
      hasAttachedStop: true,
      marketBuyIn: ['base'],
      memory,
      testnet: 'sandbox',
      weightPerMinute,
      limits: limitsOf(10),
    },
  },
  isAnswer,
  meaningOf,
  textOf,
  keyPermissions,
}
