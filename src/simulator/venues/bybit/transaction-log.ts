import { Decimal } from '../../../domain/decimal.ts'
import type { Account, Transfer } from '../../core/account.ts'
import type { Fill } from '../../core/order.ts'
import { type Endpoint, pageSizeOf, type SignedCall } from './call.ts'
import { badParameter } from './failure.ts'
import { executionIdOf, linkIdOf, orderIdOf } from './ids.ts'
import { wireSymbol } from './instruments.ts'

const dayMs = 86_400_000

/** What moved the wallet, newest first. */
export const transactionLogEndpoints: Record<string, Endpoint> = {
  'GET /v5/account/transaction-log': { access: 'signed', answer: transactionLog },
}

interface Movement {
  readonly at: number
  readonly row: Readonly<Record<string, string>>
  readonly coin: string
  readonly change: Decimal
}

const reasons = {
  deposit: 'TRANSFER_IN',
  withdrawal: 'TRANSFER_OUT',
  airdrop: 'AIRDROP',
  funding: 'SETTLEMENT',
  insurance: 'FEE_REFUND', // a liquidation's fees that nothing was left for
} as const

function transactionLog(call: SignedCall) {
  const { parameters, account, exchange } = call
  const size = pageSizeOf(call, { usual: 20, most: 50 })
  exchange.advance()
  const now = exchange.clock.wallNow()
  const [start, end] = [parameters.findInteger('startTime'), parameters.findInteger('endTime')]
  if (start !== undefined && end !== undefined && end - start > 7 * dayMs)
    throw badParameter('the time range must not be more than 7 days')
  // With a start alone it is the day from there on, without both the last day.
  const from = start ?? (end ?? now) - dayMs
  const to = end ?? from + dayMs
  const before = parameters.findInteger('cursor') ?? Number.POSITIVE_INFINITY
  const isAsked = (name: string, row: Movement['row']) => (parameters.find(name) ?? row[name]) === row[name]
  const shown = rowsOf(account)
    .map((row, index) => ({ row, index }))
    .reverse()
    .filter(
      ({ row, index }) =>
        index < before && Number(row.transactionTime) >= from && Number(row.transactionTime) <= to,
    )
    .filter(({ row }) => ['category', 'currency', 'type'].every((name) => isAsked(name, row)))
    .slice(0, size)
  return {
    list: shown.map(({ row }) => row),
    nextPageCursor: shown.length === size ? String(shown.at(-1)?.index ?? '') : '',
  }
}

/** Every row of an account from its beginning, with what the coin's balance came to. */
function rowsOf(account: Account): Readonly<Record<string, string>>[] {
  const balances = new Map(
    Object.entries(account.seed.balances).map(([coin, amount]) => [coin, new Decimal(amount)]),
  )
  const movements = [
    ...account.transfers.map(ofTransfer),
    ...account.fills.flatMap((fill) => ofFill(account, fill)),
  ].sort((a, b) => a.at - b.at)
  return movements.map(({ at, row, coin, change }, index) => {
    const balance = (balances.get(coin) ?? new Decimal(0)).plus(change)
    balances.set(coin, balance)
    return {
      id: `${account.createdAt}_${index}`,
      ...row,
      currency: coin,
      change: change.toString(),
      cashBalance: balance.toString(),
      transactionTime: String(at),
    }
  })
}

const none = {
  symbol: '',
  category: '',
  side: 'None',
  qty: '0',
  size: '0',
  tradePrice: '0',
  funding: '0',
  fee: '0',
  cashFlow: '0',
  feeRate: '0',
  bonusChange: '',
  tradeId: '',
  orderId: '',
  orderLinkId: '',
}

function ofTransfer({ asset, amount, reason, at, symbol }: Transfer): Movement {
  const change = new Decimal(amount)
  const isFunding = reason === 'funding'
  const type = reason === 'dust' ? (change.gt(0) ? 'CURRENCY_BUY' : 'CURRENCY_SELL') : reasons[reason]
  const row = {
    ...none,
    type,
    [isFunding ? 'funding' : 'cashFlow']: amount,
    ...(symbol !== undefined && { symbol: wireSymbol(symbol), category: 'linear' }),
  }
  return { at, row, coin: asset, change }
}

/** An execution moves two coins on spot, and what it realizes in the settlement coin on linear. */
function ofFill(account: Account, fill: Fill): Movement[] {
  const order = account.orders.get(fill.orderId)
  const isSpot = fill.market === 'spot'
  const isBuy = fill.side === 'buy'
  const [base = '', quote = ''] = fill.symbol.split('/')
  const words = {
    ...none,
    symbol: wireSymbol(fill.symbol),
    category: isSpot ? 'spot' : 'linear',
    side: isBuy ? 'Buy' : 'Sell',
    type: 'TRADE',
    qty: fill.quantity,
    tradePrice: fill.price,
    tradeId: executionIdOf(fill.market, fill.id),
    orderId: orderIdOf(fill.market, fill.orderId),
    orderLinkId: order === undefined ? '' : linkIdOf(order),
  }
  const moved = (coin: string, cashFlow: Decimal): Movement => {
    const fee = coin === fill.feeCurrency ? fill.fee : '0'
    const change = cashFlow.minus(fee)
    return { at: fill.at, row: { ...words, cashFlow: cashFlow.toString(), fee }, coin, change }
  }
  if (!isSpot) return [moved(quote, new Decimal(fill.realizedPnl))]
  const [bought, paid] = [new Decimal(fill.quantity), new Decimal(fill.quoteQuantity)]
  return [moved(base, isBuy ? bought : bought.neg()), moved(quote, isBuy ? paid.neg() : paid)]
}
