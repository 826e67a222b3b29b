import { Funding } from '../../core/funding.ts'
import type { Instrument } from '../../core/instrument.ts'
import { type Call, findInstrumentOf } from './call.ts'
import { wireSymbol } from './instruments.ts'
import { priceText } from './price-text.ts'

/** GET /fapi/v1/fundingRate: what funding has cost, oldest first; times are market time. */
export function fundingRates(call: Call) {
  const { parameters, exchange, instruments } = call
  const one = findInstrumentOf(call, 'futures')
  const now = exchange.clock.marketNow()
  const to = Math.min(parameters.findInteger('endTime') ?? now, now)
  const limit = Math.min(parameters.findInteger('limit') ?? 100, 1_000)
  const from = parameters.findInteger('startTime')
  const times: number[] = []
  if (from === undefined) {
    for (let time = Funding.lastUntil(to); times.length < limit; time = Funding.lastUntil(time - 1))
      times.unshift(time)
  } else {
    for (
      let time = Funding.nextAfter(from - 1);
      time <= to && times.length < limit;
      time = Funding.nextAfter(time)
    )
      times.push(time)
  }
  return times
    .flatMap((time) =>
      (one === undefined ? instruments.all('futures') : [one]).map((each) => rate(call, each, time)),
    )
    .slice(-limit)
}

function rate({ exchange }: Call, instrument: Instrument, time: number) {
  return {
    symbol: wireSymbol(instrument.symbol),
    fundingTime: time,
    fundingRate: exchange.funding.rateAt(instrument, time),
    markPrice: priceText(instrument, exchange.tape.priceAt(instrument.symbol, time)),
  }
}

/** GET /fapi/v1/fundingInfo */
export function fundingInfo({ instruments }: Call) {
  return instruments.all('futures').map(({ symbol }) => ({
    symbol: wireSymbol(symbol),
    adjustedFundingRateCap: '0.02000000',
    adjustedFundingRateFloor: '-0.02000000',
    fundingIntervalHours: 8,
    disclaimer: false,
  }))
}
