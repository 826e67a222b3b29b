import { type Account, openingKey } from '../../../core/account.ts'
import type { Event } from '../../../core/event.ts'
import type { Exchange } from '../../../core/exchange.ts'
import type { Market } from '../../../core/instrument.ts'
import type { FrameSubject } from '../../venue.ts'
import { futuresEvents } from './futures-events.ts'
import { spotEvents } from './spot-events.ts'

/** Tells what happens to an account, call by call, until it is stopped; `onRevoked` when its key is taken away. */
export function watchAccount(
  exchange: Exchange,
  account: Account,
  market: Market,
  listener: { tell(message: object, about: FrameSubject): void; onRevoked(): void },
): () => void {
  const { apiKey } = account.seed
  const opener = openingKey(account)
  const newsOf = market === 'futures' ? futuresEvents : spotEvents
  return exchange.watch((events) => {
    const own = events.filter((event) => ownerOf(event) === apiKey)
    for (const { message, order } of own.length === 0 ? [] : newsOf(exchange, account, own)) {
      const { symbol, clientOrderId } = order?.record ?? {}
      listener.tell(message, { market, apiKey: opener, symbol, clientOrderId })
    }
    if (events.some((event) => event.kind === 'key' && event.apiKey === opener && event.isRevoked))
      listener.onRevoked()
  })
}

function ownerOf(event: Event): string | undefined {
  if (event.kind === 'order') return event.order.apiKey
  return 'apiKey' in event ? event.apiKey : undefined
}
