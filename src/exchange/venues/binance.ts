import { type RateLimit, withinWindow } from '../rate-limit.ts'
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

/** Weights of spot, from its own list of endpoints. */
const spotLimits: readonly RateLimit[] = [
  {
    name: 'the orders in 10 s',
    whose: 'account',
    ...withinWindow(100, 10_000),
    costs: { place: 1 },
  },
  {
    name: 'the weight a minute',
    whose: 'ip',
    ...withinWindow(6_000, 60_000),
    costs: {
      place: 1,
      cancel: 1,
      find: 4,
      fills: 20,
      'open-orders': 6,
      'all-open-orders': 80,
      orders: 20,
      holdings: 20,
      permissions: 1,
    },
  },
]

const futuresLimits: readonly RateLimit[] = [
  {
    name: 'the orders in 10 s',
    whose: 'account',
    ...withinWindow(300, 10_000),
    costs: { place: 1 },
  },
  {
    name: 'the orders a minute',
    whose: 'account',
    ...withinWindow(1_200, 60_000),
    costs: { place: 1 },
  },
  {
    name: 'the weight a minute',
    whose: 'ip',
    ...withinWindow(2_400, 60_000),
    costs: {
      place: 1,
      cancel: 1,
      find: 2, // a stop that has triggered is followed to the order it became
      fills: 5,
      'open-orders': 1,
      'all-open-orders': 40,
      orders: 5,
      stops: 40,
      holdings: 5,
      positions: 5,
      movements: 30,
      setting: 1,
      permissions: 1,
    },
  },
]

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
      limits: spotLimits,
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
      limits: futuresLimits,
    },
  },
  isAnswer: () => true,
  meaningOf,
  textOf,
  keyPermissions,
}
