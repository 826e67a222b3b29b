import { type Call, categoryOf, type Endpoint, findMarketOf, instrumentOf, pageSizeOf } from './call.ts'
import { badParameter } from './failure.ts'
import { wireSymbol } from './instruments.ts'

/** What funding has cost. */
export const fundingHistory: Record<string, Endpoint> = {
  'GET /v5/market/funding/history': { access: 'public', answer: fundings },
}

/** Newest first, of a symbol that was held when it was due: the rest the simulator does not reckon. */
function fundings(call: Call) {
  const { parameters, exchange } = call
  if (findMarketOf(call) !== 'futures') throw badParameter('category invalid')
  const instrument = instrumentOf(call, 'futures')
  const limit = pageSizeOf(call, { usual: 200, most: 200 })
  const from = parameters.findInteger('startTime') ?? 0
  const to = parameters.findInteger('endTime') ?? Number.POSITIVE_INFINITY
  const { venue, symbol } = instrument
  const paid = exchange.ledger.fundings.filter(
    (each) => each.venue === venue && each.symbol === symbol && each.marketMs >= from && each.marketMs <= to,
  )
  return {
    category: categoryOf('futures'),
    list: paid
      .slice(-limit)
      .reverse()
      .map(({ rate, marketMs }) => ({
        symbol: wireSymbol(symbol),
        fundingRate: rate,
        fundingRateTimestamp: String(marketMs),
      })),
  }
}
