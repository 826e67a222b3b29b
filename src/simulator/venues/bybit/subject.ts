import type { Instrument, Market } from '../../core/instrument.ts'
import type { RequestKind, RequestSubject, WireRequest } from '../venue.ts'
import { wireSymbol } from './instruments.ts'

const kinds: Readonly<Record<string, RequestKind>> = {
  'POST /v5/order/create': 'order',
  'POST /v5/order/cancel': 'cancel',
  'POST /v5/order/cancel-all': 'cancel',
  'GET /v5/order/realtime': 'query',
  'GET /v5/order/history': 'query',
  'GET /v5/execution/list': 'fills',
}

/** What a request is about, by its path and its parameters; nothing is checked. */
export function subjectOf(request: WireRequest, instruments: readonly Instrument[]): RequestSubject {
  const parameters = parametersOf(request)
  const market: Market = parameters.category === 'spot' ? 'spot' : 'futures'
  const listed = instruments.find(
    (each) => each.market === market && wireSymbol(each.symbol) === parameters.symbol,
  )
  const { orderLinkId } = parameters
  const isSigned = request.headers['x-bapi-api-key'] !== undefined
  return {
    kind: isSigned ? (kinds[`${request.method} ${request.path}`] ?? 'account') : 'public',
    market,
    symbol: listed?.symbol,
    clientOrderId: typeof orderLinkId === 'string' && orderLinkId !== '' ? orderLinkId : undefined,
  }
}

function parametersOf({ method, query, body }: WireRequest): Record<string, unknown> {
  if (method !== 'POST') return Object.fromEntries(new URLSearchParams(query))
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
