import type { Instrument } from '../../core/instrument.ts'
import { assetOf } from './assets.ts'
import { feeRates } from './fees.ts'
import { pairOf } from './pair.ts'

const percent = (rate: string) => Number(rate) * 100

/** A pair as AssetPairs shows it. */
export function pairInfo({ symbol, base, quote, tick, step, minQuantity, minNotional }: Instrument) {
  const { altname, wsname } = pairOf(symbol)
  return {
    altname,
    wsname,
    aclass_base: 'currency',
    base: assetOf(base).id,
    aclass_quote: 'currency',
    quote: assetOf(quote).id,
    lot: 'unit',
    cost_decimals: assetOf(quote).decimals,
    pair_decimals: tick.decimalPlaces(),
    lot_decimals: step.decimalPlaces(),
    lot_multiplier: 1,
    leverage_buy: [],
    leverage_sell: [],
    fees: [[0, percent(feeRates.taker)]],
    fees_maker: [[0, percent(feeRates.maker)]],
    fee_volume_currency: 'ZUSD',
    margin_call: 80,
    margin_stop: 40,
    ordermin: minQuantity.toString(),
    costmin: minNotional.toString(),
    tick_size: tick.toString(),
    status: 'online',
  }
}
