import type { Exchange } from '../../../core/exchange.ts'
import type { StreamSocket, VenueStreams } from '../../venue.ts'
import type { PairIndex } from '../instruments.ts'
import type { Tokens } from '../tokens.ts'
import { serve } from './connection.ts'

/** Kraken's WebSockets, version 2: public and private channels by one protocol, at /v2. */
export function krakenStreams(parts: {
  readonly exchange: Exchange
  readonly pairs: PairIndex
  readonly tokens: Tokens
}): VenueStreams {
  let connections = 0
  return {
    connect({ path }, socket: StreamSocket) {
      if (path !== '/v2') {
        socket.close(1008)
        return
      }
      connections += 1
      serve({ ...parts, socket, connectionId: connections })
    },
    stop: () => {},
  }
}
