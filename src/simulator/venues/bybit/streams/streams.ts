import type { Exchange } from '../../../core/exchange.ts'
import type { VenueStreams } from '../../venue.ts'
import type { InstrumentIndex } from '../call.ts'
import { limitSilence } from './operation.ts'
import { servePrivate } from './private-stream.ts'
import { servePublic } from './public-stream.ts'

const markets = { '/v5/public/spot': 'spot', '/v5/public/linear': 'futures' } as const

/** Bybit's WebSockets: the public topics of each market, and the private ones of an account behind a signature. */
export function bybitStreams(exchange: Exchange, instruments: InstrumentIndex): VenueStreams {
  let connections = 0
  return {
    connect({ path }, socket) {
      connections += 1
      const id = `simulated-${connections}`
      limitSilence(socket)
      const market = Object.entries(markets).find(([its]) => its === path)?.[1]
      if (market !== undefined) servePublic({ exchange, instruments, market, socket, id })
      else if (path === '/v5/private') servePrivate({ exchange, instruments, socket, id })
      else socket.close(1008)
    },
    stop: () => {},
  }
}
