import { bestPrices, levelsFor, type Side } from '../../core/book.ts'
import type { Exchange } from '../../core/exchange.ts'
import { Funding } from '../../core/funding.ts'
import type { Instrument } from '../../core/instrument.ts'
import { rollingDay } from '../../core/rolling-day.ts'
import { wireSymbol } from './instruments.ts'
import { priceText } from './price-text.ts'

/** Rolling 24 hours, from 5-minute candles; the mark and the index price of a perpetual are its last one. */
export function ticker(exchange: Exchange, instrument: Instrument) {
  const { toMs, last, open, high, low, volume, turnover, candles } = rollingDay(exchange, instrument)
  const price = priceText(instrument, last)
  const nextFunding = Funding.nextAfter(toMs)
  return {
    symbol: wireSymbol(instrument.symbol),
    ...best(exchange, instrument),
    lastPrice: price,
    prevPrice24h: priceText(instrument, open),
    price24hPcnt: ((last - open) / open).toFixed(4),
    highPrice24h: priceText(instrument, high),
    lowPrice24h: priceText(instrument, low),
    turnover24h: turnover.toFixed(8),
    volume24h: volume.toFixed(8),
    ...(instrument.market === 'spot'
      ? { usdIndexPrice: price }
      : {
          indexPrice: price,
          markPrice: price,
          prevPrice1h: priceText(instrument, candles.at(-13)?.open ?? open),
          openInterest: '0',
          openInterestValue: '0',
          fundingRate: exchange.funding.rateAt(instrument, nextFunding),
          nextFundingTime: String(nextFunding),
        }),
  }
}

function best(exchange: Exchange, instrument: Instrument) {
  const top = (side: Side) => levels(exchange, instrument, side).next().value
  const [bid, ask] = [top('sell'), top('buy')]
  const prices = bestPrices(instrument, exchange.lastPrice(instrument))
  return {
    bid1Price: priceText(instrument, prices.bid.toNumber()),
    bid1Size: bid?.size.toString() ?? '0',
    ask1Price: priceText(instrument, prices.ask.toNumber()),
    ask1Size: ask?.size.toString() ?? '0',
  }
}

/** The book around the price, best levels first. */
export function orderBook(exchange: Exchange, instrument: Instrument, limit: number) {
  const side = (taker: Side) =>
    [...levels(exchange, instrument, taker)]
      .slice(0, limit)
      .map(({ price, size }) => [priceText(instrument, price.toNumber()), size.toString()])
  const second = Math.floor(exchange.clock.marketNow() / 1000)
  return { s: wireSymbol(instrument.symbol), b: side('sell'), a: side('buy'), u: second, seq: second }
}

function levels(exchange: Exchange, instrument: Instrument, taker: Side) {
  return levelsFor(taker, instrument, exchange.lastPrice(instrument), exchange.clock.marketNow())
}
