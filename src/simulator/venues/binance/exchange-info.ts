import type { Instrument } from '../../core/instrument.ts'
import { wireSymbol } from './instruments.ts'
import { orderLimits } from './limits.ts'

const spotTypes = [
  'LIMIT',
  'LIMIT_MAKER',
  'MARKET',
  'STOP_LOSS',
  'STOP_LOSS_LIMIT',
  'TAKE_PROFIT',
  'TAKE_PROFIT_LIMIT',
]
const futuresTypes = ['LIMIT', 'MARKET', 'STOP', 'STOP_MARKET', 'TAKE_PROFIT', 'TAKE_PROFIT_MARKET']

/** GET /api/v3/exchangeInfo */
export function spotExchangeInfo(instruments: readonly Instrument[], wallMs: number) {
  return { ...head('spot', 6000, wallMs), symbols: instruments.map(spotSymbol) }
}

/** GET /fapi/v1/exchangeInfo */
export function futuresExchangeInfo(instruments: readonly Instrument[], wallMs: number) {
  return {
    ...head('futures', 2400, wallMs),
    assets: [{ asset: 'USDT', marginAvailable: true, autoAssetExchange: '-10000' }],
    symbols: instruments.map(futuresSymbol),
  }
}

function head(api: 'spot' | 'futures', weight: number, wallMs: number) {
  const orders = orderLimits[api].map(({ everyMs, most }) => ({
    rateLimitType: 'ORDERS',
    ...(everyMs < 60_000
      ? { interval: 'SECOND', intervalNum: everyMs / 1000 }
      : { interval: everyMs === 60_000 ? 'MINUTE' : 'DAY', intervalNum: 1 }),
    limit: most,
  }))
  const request = { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: weight }
  return { timezone: 'UTC', serverTime: wallMs, rateLimits: [request, ...orders], exchangeFilters: [] }
}

function spotSymbol(instrument: Instrument) {
  const { base, quote } = instrument
  return {
    symbol: wireSymbol(instrument.symbol),
    status: 'TRADING',
    baseAsset: base,
    baseAssetPrecision: 8,
    quoteAsset: quote,
    quotePrecision: 8,
    quoteAssetPrecision: 8,
    baseCommissionPrecision: 8,
    quoteCommissionPrecision: 8,
    orderTypes: spotTypes,
    icebergAllowed: false,
    ocoAllowed: false,
    otoAllowed: false,
    quoteOrderQtyMarketAllowed: true,
    allowTrailingStop: false,
    cancelReplaceAllowed: false,
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    filters: [
      ...commonFilters(instrument),
      {
        filterType: 'PERCENT_PRICE_BY_SIDE',
        bidMultiplierUp: String(1 + instrument.priceRange),
        bidMultiplierDown: String(1 / (1 + instrument.priceRange)),
        askMultiplierUp: String(1 + instrument.priceRange),
        askMultiplierDown: String(1 / (1 + instrument.priceRange)),
        avgPriceMins: 5,
      },
      {
        filterType: 'NOTIONAL',
        minNotional: instrument.minNotional.toFixed(8),
        applyMinToMarket: true,
        maxNotional: '9000000.00000000',
        applyMaxToMarket: false,
        avgPriceMins: 5,
      },
      { filterType: 'MAX_NUM_ORDERS', maxNumOrders: 200 },
    ],
    permissions: ['SPOT'],
    permissionSets: [['SPOT']],
    defaultSelfTradePreventionMode: 'EXPIRE_MAKER',
    allowedSelfTradePreventionModes: ['EXPIRE_MAKER'],
  }
}

function futuresSymbol(instrument: Instrument) {
  const { base, quote, symbol } = instrument
  return {
    symbol: wireSymbol(symbol),
    pair: wireSymbol(symbol),
    contractType: 'PERPETUAL',
    deliveryDate: 4_133_404_800_000,
    onboardDate: 1_569_398_400_000,
    status: 'TRADING',
    maintMarginPercent: '2.5000',
    requiredMarginPercent: '5.0000',
    baseAsset: base,
    quoteAsset: quote,
    marginAsset: quote,
    pricePrecision: instrument.tick.decimalPlaces(),
    quantityPrecision: instrument.step.decimalPlaces(),
    baseAssetPrecision: 8,
    quotePrecision: 8,
    underlyingType: 'COIN',
    underlyingSubType: [],
    triggerProtect: '0.0500',
    liquidationFee: '0.012500',
    marketTakeBound: '0.05',
    filters: [
      ...commonFilters(instrument),
      { filterType: 'MIN_NOTIONAL', notional: instrument.minNotional.toString() },
      { filterType: 'MAX_NUM_ORDERS', limit: 200 },
      { filterType: 'MAX_NUM_ALGO_ORDERS', limit: 10 },
      {
        filterType: 'PERCENT_PRICE',
        multiplierUp: (1 + instrument.priceRange).toFixed(4),
        multiplierDown: (1 / (1 + instrument.priceRange)).toFixed(4),
        multiplierDecimal: '4',
      },
    ],
    orderTypes: futuresTypes,
    timeInForce: ['GTC', 'IOC', 'FOK', 'GTX'],
  }
}

function commonFilters(instrument: Instrument) {
  const { tick, step, minPrice, maxPrice, minQuantity, maxQuantity, maxMarketQuantity, market } = instrument
  const price = (value: { toFixed(digits: number): string }) =>
    market === 'spot' ? value.toFixed(8) : value.toFixed(tick.decimalPlaces())
  const quantity = (value: { toFixed(digits: number): string }) =>
    market === 'spot' ? value.toFixed(8) : value.toFixed(step.decimalPlaces())
  return [
    {
      filterType: 'PRICE_FILTER',
      minPrice: price(minPrice),
      maxPrice: price(maxPrice),
      tickSize: price(tick),
    },
    {
      filterType: 'LOT_SIZE',
      minQty: quantity(minQuantity),
      maxQty: quantity(maxQuantity),
      stepSize: quantity(step),
    },
    {
      filterType: 'MARKET_LOT_SIZE',
      minQty: quantity(minQuantity),
      maxQty: quantity(maxMarketQuantity),
      stepSize: quantity(step),
    },
  ]
}
