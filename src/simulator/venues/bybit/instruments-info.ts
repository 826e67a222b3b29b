import type { Instrument } from '../../core/instrument.ts'
import { wireSymbol } from './instruments.ts'

const perpetualsSince = '1585526400000'

/** A row of /v5/market/instruments-info. */
export function instrumentInfo(instrument: Instrument) {
  return instrument.market === 'spot' ? spotInfo(instrument) : linearInfo(instrument)
}

function spotInfo(instrument: Instrument) {
  const { base, quote, tick, step } = instrument
  return {
    symbol: wireSymbol(instrument.symbol),
    baseCoin: base,
    quoteCoin: quote,
    innovation: '0',
    status: 'Trading',
    marginTrading: 'none',
    stTag: '0',
    lotSizeFilter: {
      basePrecision: step.toString(),
      quotePrecision: '0.0000001',
      minOrderQty: instrument.minQuantity.toString(),
      maxOrderQty: instrument.maxQuantity.toString(),
      minOrderAmt: instrument.minNotional.toString(),
      maxOrderAmt: '8000000',
      maxLimitOrderQty: instrument.maxQuantity.toString(),
      maxMarketOrderQty: instrument.maxMarketQuantity.toString(),
    },
    priceFilter: { tickSize: tick.toString() },
    riskParameters: {
      priceLimitRatioX: String(instrument.priceRange),
      priceLimitRatioY: String(instrument.priceRange),
    },
  }
}

function linearInfo(instrument: Instrument) {
  const { base, quote, tick } = instrument
  return {
    symbol: wireSymbol(instrument.symbol),
    contractType: 'LinearPerpetual',
    status: 'Trading',
    baseCoin: base,
    quoteCoin: quote,
    settleCoin: quote,
    launchTime: perpetualsSince,
    deliveryTime: '0',
    deliveryFeeRate: '',
    priceScale: String(tick.decimalPlaces()),
    leverageFilter: {
      minLeverage: '1',
      maxLeverage: instrument.maxLeverage.toFixed(2),
      leverageStep: '0.01',
    },
    priceFilter: {
      minPrice: instrument.minPrice.toString(),
      maxPrice: instrument.maxPrice.toString(),
      tickSize: tick.toString(),
    },
    lotSizeFilter: {
      maxOrderQty: instrument.maxQuantity.toString(),
      minOrderQty: instrument.minQuantity.toString(),
      qtyStep: instrument.step.toString(),
      postOnlyMaxOrderQty: instrument.maxQuantity.toString(),
      maxMktOrderQty: instrument.maxMarketQuantity.toString(),
      minNotionalValue: instrument.minNotional.toString(),
    },
    unifiedMarginTrade: true,
    fundingInterval: 480,
    copyTrading: 'none',
    upperFundingRate: '0.005',
    lowerFundingRate: '-0.005',
    isPreListing: false,
    preListingInfo: null,
    riskParameters: {
      priceLimitRatioX: String(instrument.priceRange),
      priceLimitRatioY: String(instrument.priceRange),
    },
  }
}
