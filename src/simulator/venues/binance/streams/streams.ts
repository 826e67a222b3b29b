import type { Exchange } from '../../../core/exchange.ts'
import type { VenueStreams } from '../../venue.ts'
import type { InstrumentIndex } from '../call.ts'
import { serveListenKey } from './futures-user-stream.ts'
import { heartbeats, limitLife } from './life.ts'
import { serveMarket } from './market-stream.ts'
import { serveRequests } from './request-api.ts'

const futuresPath = /^\/(public|market|private)(?=\/)/
const listenKeyPattern = /^[0-9a-f]{64}$/

/**
 * Binance's WebSockets: the public streams of both markets, spot's request API with its private streams, and USD-M's
 * private stream behind a listen key. Spot and USD-M share addresses such as /ws/…: the host tells them apart, where it
 * is named, and spot is meant where it is not.
 */
export function binanceStreams(exchange: Exchange, instruments: InstrumentIndex): VenueStreams {
  return {
    connect({ path, query, headers }, socket) {
      const isFutures = futuresPath.test(path) || String(headers.host).startsWith('fstream.')
      limitLife(socket, heartbeats[isFutures ? 'futures' : 'spot'])
      if (path === '/ws-api/v3') {
        serveRequests(exchange, socket)
        return
      }
      const [, kind, first = ''] = /^\/(ws|stream)(?:\/(.*))?$/.exec(path.replace(futuresPath, '')) ?? []
      const parameters = new URLSearchParams(query)
      const isCombined = kind === 'stream'
      const named = isCombined ? (parameters.get('streams') ?? '') : first
      const names = named.split('/').filter((name) => name !== '')
      const listenKey = parameters.get('listenKey') ?? names.find((name) => listenKeyPattern.test(name))
      if (listenKey !== undefined) serveListenKey(exchange, socket, { listenKey, isCombined })
      else if (kind === undefined || path.startsWith('/private/')) socket.close(1008)
      else {
        const market = isFutures ? 'futures' : 'spot'
        serveMarket({ exchange, instruments, market, socket, names, isCombined })
      }
    },
    stop: () => {},
  }
}
