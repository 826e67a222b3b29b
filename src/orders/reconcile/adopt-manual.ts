import type { Account } from '#db/accounts.ts'
import { insertFill } from '#db/fills.ts'
import { insertFoundOrder } from '#db/found-orders.ts'
import { lockPosition } from '#db/positions.ts'
import { Decimal } from '../../domain/decimal.ts'
import type { VenuePosition } from '../../exchange/venue-order.ts'
import { newClientOrderId } from '../../vault/client-order-id.ts'
import { tellUser } from '../alarm.ts'
import { crashpoint } from '../crashpoint.ts'
import { bookingContext, type OrderDesk } from '../order-desk.ts'
import { settlePosition } from '../settle.ts'
import { openPosition } from './adopt.ts'

/** Takes a position that the user opened by hand into the books, at the venue's entry price and with the user's stops; returns its id. */
export async function adoptManual(desk: OrderDesk, account: Account, held: VenuePosition): Promise<string[]> {
  const { symbol, entryPrice: price } = held
  const filters = await desk.feedOf(account).filters(symbol)
  if (!filters) return []
  const context = await bookingContext(desk, account, symbol)
  const side = new Decimal(held.quantity).gt(0) ? ('buy' as const) : ('sell' as const)
  const quantity = new Decimal(held.quantity).abs().toString()
  const at = new Date(desk.clock.wallNow())
  const positionId = await desk.db.transaction().execute(async (tx) => {
    const id = await openPosition(tx, account, { symbol, side }, { price, filters, isStray: false })
    const owner = { userId: account.userId, accountId: account.id, positionId: id }
    const orderId = await insertFoundOrder(
      tx,
      {
        ...owner,
        exchange: account.exchange,
        symbol,
        side,
        purpose: 'entry',
        type: 'market',
        quantity,
        price,
        isReduceOnly: false,
        clientOrderId: newClientOrderId(desk.keys, account.id),
        venueOrderId: null,
        state: 'filled',
        closeReason: null,
        at,
      },
      { actor: desk.workerId, evidence: { adoptedPosition: quantity } },
    )
    // Its executions are the user's own and in the ledger as such; for the result of the position this one stands for them.
    await insertFill(
      tx,
      { ...owner, orderId },
      {
        symbol,
        venueTradeId: `adopted-${orderId}`,
        side,
        price,
        quantity,
        cost: new Decimal(quantity).times(price).toString(),
        fee: '0',
        feeCurrency: filters.quote,
        feePrice: '1',
        realizedPnl: null,
        isMaker: false,
        filledAt: at,
      },
    )
    crashpoint('mid-manual-adoption')
    const position = await lockPosition(tx, id)
    const changed = { ...position, quantityOpen: quantity, quantityEntered: quantity, entryPrice: price }
    await settlePosition(tx, changed, context)
    return id
  })
  await tellUser(desk, {
    event: 'position-adopted',
    userId: account.userId,
    accountId: account.id,
    positionId,
    symbol,
    target: symbol,
    text: `the position of ${held.quantity} ${symbol} that was opened by hand is watched from now on`,
    details: { quantity, entryPrice: price },
  })
  return [positionId]
}
