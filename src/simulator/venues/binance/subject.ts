import type { Instrument, Market } from '../../core/instrument.ts'
import type { RequestKind, RequestSubject, WireRequest } from '../venue.ts'
import { wireSymbol } from './instruments.ts'

const orderPath = /\/(order|algoOrder)$/
const cancelPath = /\/(order|algoOrder|openOrders|allOpenOrders|algoOpenOrders)$/
const queryPath = /\/(order|openOrders|allOrders|algoOrder|openAlgoOrders|allAlgoOrders)$/
const fillsPath = /\/(myTrades|userTrades)$/
const idNames = ['newClientOrderId', 'origClientOrderId', 'clientAlgoId']

/** What a request is about, by its path and its parameters; nothing is checked. */
export function subjectOf(request: WireRequest, instruments: readonly Instrument[]): RequestSubject {
  const market: Market = request.path.startsWith('/fapi/') ? 'futures' : 'spot'
  const parameters = new URLSearchParams(`${request.query}&${request.body}`)
  const wire = parameters.get('symbol')
  const listed = instruments.find((each) => each.market === market && wireSymbol(each.symbol) === wire)
  const clientOrderId = idNames.map((name) => parameters.get(name)).find((id) => id !== null)
  return {
    kind: kindOf(request, parameters.has('signature')),
    market,
    symbol: listed?.symbol,
    clientOrderId: clientOrderId ?? undefined,
  }
}

function kindOf({ method, path }: WireRequest, isSigned: boolean): RequestKind {
  if (!isSigned) return 'public'
  if (method === 'POST' && orderPath.test(path)) return 'order'
  if (method === 'DELETE' && cancelPath.test(path)) return 'cancel'
  if (method === 'GET' && queryPath.test(path)) return 'query'
  if (method === 'GET' && fillsPath.test(path)) return 'fills'
  return 'account'
}
