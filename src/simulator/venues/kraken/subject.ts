import type { Instrument } from '../../core/instrument.ts'
import type { RequestKind, RequestSubject, WireRequest } from '../venue.ts'
import { PairIndex } from './instruments.ts'

const kinds: Readonly<Record<string, RequestKind>> = {
  AddOrder: 'order',
  CancelOrder: 'cancel',
  CancelAll: 'cancel',
  QueryOrders: 'query',
  OpenOrders: 'query',
  ClosedOrders: 'query',
  TradesHistory: 'fills',
  QueryTrades: 'fills',
}

/** What a request is about, by its path and its parameters; nothing is checked. */
export function subjectOf(
  { path, query, body }: WireRequest,
  instruments: readonly Instrument[],
): RequestSubject {
  const parameters = new URLSearchParams(`${query}&${body}`)
  const pair = parameters.get('pair')
  const [, , access, method = ''] = path.split('/')
  return {
    kind: access === 'private' ? (kinds[method] ?? 'account') : 'public',
    market: 'spot',
    symbol: pair === null ? undefined : new PairIndex(instruments).find(pair)?.symbol,
    clientOrderId: parameters.get('cl_ord_id') ?? undefined,
  }
}
