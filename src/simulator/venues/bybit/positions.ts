import type { Account } from '../../core/account.ts'
import type { Leg } from '../../core/position.ts'
import {
  type Endpoint,
  findInstrumentOf,
  ownMarketOf,
  pageSizeOf,
  requireOneOf,
  type SignedCall,
} from './call.ts'
import { badParameter } from './failure.ts'
import { positionAnswer } from './position-answer.ts'

/** Linear positions: one a symbol, or two in hedge mode. */
export const positionEndpoints: Record<string, Endpoint> = {
  'GET /v5/position/list': { access: 'signed', answer: positions },
}

function positions(call: SignedCall) {
  const { account, exchange, parameters } = call
  const market = ownMarketOf(call)
  const category = parameters.text('category')
  if (market === undefined) return { category, list: [], nextPageCursor: '' }
  if (market === 'spot') throw badParameter('category invalid')
  requireOneOf(call, ['symbol', 'baseCoin', 'settleCoin'])
  const size = pageSizeOf(call, { usual: 20, most: 200 })
  exchange.advance()
  const one = findInstrumentOf(call, 'futures')?.symbol
  // A symbol that is named is shown although nothing is held.
  const shown = one === undefined ? account.openPositions() : legsOf(account, one)
  return {
    category,
    list: shown.slice(0, size).map(({ symbol, leg }) => positionAnswer(account, exchange, symbol, leg)),
    nextPageCursor: '',
  }
}

/** The positions an account may hold in a symbol. */
function legsOf(account: Account, symbol: string): { readonly symbol: string; readonly leg?: Leg }[] {
  if (!isHedged(account, symbol)) return [{ symbol }]
  return [
    { symbol, leg: 'long' },
    { symbol, leg: 'short' },
  ]
}

/** Whether an account holds long and short of a symbol side by side. */
export function isHedged(account: Account, symbol: string): boolean {
  return (account.settings.get(modeOf(symbol)) ?? account.settings.get(modeOf('*'))) === 'hedge'
}

/** The switch of a symbol's position mode; '*' is that of every other. */
export function modeOf(symbol: string): string {
  return `positionMode ${symbol}`
}
