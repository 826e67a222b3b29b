import { bestPrices, levelsFor, type Side } from '../../core/book.ts'
import { Funding } from '../../core/funding.ts'
import type { Instrument, Market } from '../../core/instrument.ts'
import { rollingDay } from '../../core/rolling-day.ts'
import { type Call, instrumentOf } from './call.ts'
import { wireSymbol } from './instruments.ts'
import { priceText } from './price-text.ts'

/** What a figure of an instrument is read from. */
type Where = Pick<Call, 'exchange'>

/** Rolling 24 hours, from 5-minute candles. */
export function dayTicker(where: Where, instrument: Instrument) {
  const { fromMs, toMs, last, open, high, low, volume, turnover } = rollingDay(where.exchange, instrument)
  const average = volume > 0 ? turnover / volume : last
  return {
    symbol: wireSymbol(instrument.symbol),
    priceChange: priceText(instrument, last - open),
    priceChangePercent: (((last - open) / open) * 100).toFixed(3),
    weightedAvgPrice: priceText(instrument, average),
    ...(instrument.market === 'spot'
      ? { prevClosePrice: priceText(instrument, open), ...best(where, instrument) }
      : {}),
    lastPrice: priceText(instrument, last),
    lastQty: instrument.step.toString(),
    openPrice: priceText(instrument, open),
    highPrice: priceText(instrument, high),
    lowPrice: priceText(instrument, low),
    volume: volume.toFixed(8),
    quoteVolume: turnover.toFixed(8),
    openTime: fromMs,
    closeTime: toMs,
    firstId: 1,
    lastId: Math.ceil(turnover / 900),
    count: Math.ceil(turnover / 900),
  }
}

/** Best bid and ask, with what they offer. */
export function best(where: Where, instrument: Instrument) {
  const top = (side: Side) => levels(where, instrument, side).next().value
  const [bid, ask] = [top('sell'), top('buy')]
  const prices = bestPrices(instrument, where.exchange.lastPrice(instrument))
  return {
    bidPrice: priceText(instrument, prices.bid.toNumber()),
    bidQty: bid?.size.toString() ?? '0',
    askPrice: priceText(instrument, prices.ask.toNumber()),
    askQty: ask?.size.toString() ?? '0',
  }
}

/** The book around the price, best levels first. */
export function depth(call: Call, market: Market) {
  const instrument = instrumentOf(call, market)
  const { parameters, exchange } = call
  const limit = parameters.findInteger('limit') ?? (market === 'spot' ? 100 : 500)
  const side = (taker: Side) =>
    [...levels(call, instrument, taker)]
      .slice(0, limit)
      .map(({ price, size }) => [priceText(instrument, price.toNumber()), size.toString()])
  const now = exchange.clock.marketNow()
  const times = market === 'futures' ? { E: now, T: now } : {}
  return { lastUpdateId: Math.floor(now / 1000), ...times, bids: side('sell'), asks: side('buy') }
}

function levels({ exchange }: Where, instrument: Instrument, taker: Side) {
  return levelsFor(taker, instrument, exchange.lastPrice(instrument), exchange.clock.marketNow())
}

/** Mark and index price: the last price, both. The rate is what funding would cost now. */
export function premiumIndex({ exchange }: Where, instrument: Instrument) {
  const price = priceText(instrument, exchange.lastPrice(instrument))
  const now = exchange.clock.marketNow()
  return {
    symbol: wireSymbol(instrument.symbol),
    markPrice: price,
    indexPrice: price,
    estimatedSettlePrice: price,
    lastFundingRate: exchange.funding.rateAt(instrument, now),
    interestRate: '0.00010000',
    nextFundingTime: Funding.nextAfter(now),
    time: now,
  }
}
