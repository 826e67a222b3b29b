import { assetOf } from './assets.ts'
import { type Call, instrumentsOf } from './call.ts'
import { depth } from './depth.ts'
import { unknownAsset } from './failure.ts'
import { ohlc } from './ohlc.ts'
import { pairOf } from './pair.ts'
import { pairInfo } from './pair-info.ts'
import { ticker } from './ticker.ts'
import { recentTrades } from './trades.ts'

/** The endpoints under /0/public. Their times are market time; the server's own is wall time. */
export const publicEndpoints: Readonly<Record<string, (call: Call) => unknown>> = {
  Time({ exchange }) {
    const wallMs = exchange.clock.wallNow()
    return { unixtime: Math.floor(wallMs / 1000), rfc1123: new Date(wallMs).toUTCString() }
  },
  SystemStatus({ exchange }) {
    const timestamp = `${new Date(exchange.clock.wallNow()).toISOString().slice(0, 19)}Z`
    return { status: 'online', timestamp }
  },
  Assets: assets,
  AssetPairs: (call) =>
    Object.fromEntries(instrumentsOf(call).map((each) => [pairOf(each.symbol).id, pairInfo(each)])),
  Ticker: (call) =>
    Object.fromEntries(instrumentsOf(call).map((each) => [pairOf(each.symbol).id, ticker(call, each)])),
  OHLC: ohlc,
  Depth: depth,
  Trades: recentTrades,
}

function assets({ parameters, pairs }: Call) {
  const traded = new Set(pairs.all.flatMap(({ base, quote }) => [base, quote]))
  const wanted = parameters.list('asset').map((name) => {
    const found = [...traded].find((each) => [each, assetOf(each).id, assetOf(each).altname].includes(name))
    if (found === undefined) throw unknownAsset()
    return found
  })
  return Object.fromEntries(
    (wanted.length > 0 ? wanted : [...traded]).map((currency) => {
      const { id, altname, decimals } = assetOf(currency)
      return [
        id,
        { aclass: 'currency', altname, decimals, display_decimals: Math.min(5, decimals), status: 'enabled' },
      ]
    }),
  )
}
