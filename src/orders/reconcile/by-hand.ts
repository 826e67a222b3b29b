import type { Account } from '#db/accounts.ts'
import type { Db } from '#db/client.ts'
import { insertFill } from '#db/fills.ts'
import { insertFoundOrder } from '#db/found-orders.ts'
import { insertLedger } from '#db/ledger.ts'
import { liveOrders } from '#db/orders.ts'
import { lockPosition, type Position } from '#db/positions.ts'
import { requestCancel } from '#db/stops.ts'
import type { CloseReason } from '../../domain/close-reason.ts'
import { Decimal, type DecimalText, sum } from '../../domain/decimal.ts'
import { exitSide } from '../../domain/side.ts'
import type { VenueFill } from '../../exchange/venue-order.ts'
import { newClientOrderId } from '../../vault/client-order-id.ts'
import { ledgerOf } from '../booking.ts'
import { crashpoint } from '../crashpoint.ts'
import type { OrderDesk } from '../order-desk.ts'
import { type BookingContext, pricedFill } from '../record.ts'
import { settlePosition } from '../settle.ts'
import type { Part } from './compare.ts'

/** What left a position without an order of ours: executions by somebody else's order, or coins that were withdrawn. */
export interface Departure {
  readonly position: Position
  readonly quantity: DecimalText
  /** What of it was executed, and where; the rest left without an execution. */
  readonly parts: readonly Part[]
  readonly reason: Extract<CloseReason, 'reconciled' | 'liquidation'>
  /** Where nothing was executed, what a coin was worth when it was noticed. */
  readonly price: DecimalText
}

/**
 * Takes off a position what is not there any more, in one transaction with all its consequences; sells nothing. Entries
 * that still rest are taken back when nothing is left. False when the position is not what it was when it was compared.
 */
export function bookDeparture(
  desk: OrderDesk,
  account: Account,
  departure: Departure,
  context: BookingContext,
): Promise<boolean> {
  return desk.db.transaction().execute(async (tx) => {
    const position = await lockPosition(tx, departure.position.id)
    if (position.state !== departure.position.state) return false
    if (!new Decimal(position.quantityOpen).eq(departure.position.quantityOpen)) return false
    await bookParts(tx, desk, account, departure, context)
    crashpoint('mid-departure')
    const left = new Decimal(position.quantityOpen).minus(departure.quantity)
    if (left.isZero()) {
      const entries = (await liveOrders(tx, position.id)).filter(({ purpose }) => purpose === 'entry')
      await requestCancel(
        tx,
        entries.map(({ id }) => id),
      )
    }
    const changed = { ...position, quantityOpen: left.toString(), closeReason: departure.reason }
    await settlePosition(tx, changed, context)
    return true
  })
}

/** The exit as the journal keeps it, with its fills: each at most as large as what was ours of it. */
async function bookParts(
  tx: Db,
  desk: OrderDesk,
  account: Account,
  { position, quantity, parts, reason, price }: Departure,
  context: BookingContext,
): Promise<void> {
  const executed = sum(parts.map((part) => part.quantity))
  const withdrawn = new Decimal(quantity).minus(executed)
  const [first] = parts
  const isWhole = parts.every((part) => new Decimal(part.quantity).eq(part.fill.quantity))
  const venueOrderIds = new Set(parts.map(({ fill }) => fill.venueOrderId))
  const at = new Date(Math.max(...parts.map(({ fill }) => fill.filledAtMs), first ? 0 : desk.clock.wallNow()))
  const side = exitSide(position.side)
  const orderId = await insertFoundOrder(
    tx,
    {
      userId: account.userId,
      accountId: account.id,
      positionId: position.id,
      exchange: account.exchange,
      symbol: position.symbol,
      side,
      purpose: 'exit',
      type: 'market',
      quantity,
      price: first?.fill.price ?? price,
      isReduceOnly: false,
      clientOrderId: newClientOrderId(desk.keys, account.id),
      venueOrderId:
        isWhole && withdrawn.isZero() && venueOrderIds.size === 1 ? (first?.fill.venueOrderId ?? null) : null,
      state: 'filled',
      closeReason: reason,
      at,
    },
    {
      actor: desk.workerId,
      evidence: { byHand: [...venueOrderIds], executed, withdrawn: withdrawn.toString() },
    },
  )
  const owner = { userId: account.userId, accountId: account.id, orderId, positionId: position.id }
  for (const part of parts) {
    const fill = await pricedFill(tx, account.id, part.fill, context)
    if (!part.isRest)
      await insertLedger(tx, owner, ledgerOf(fill, { ...context.filters, isSpot: context.isSpot }, '0'))
    const share = new Decimal(part.quantity).div(fill.quantity)
    const of = (amount: DecimalText) => new Decimal(amount).times(share).toString()
    await insertFill(tx, owner, {
      ...fill,
      quantity: part.quantity,
      cost: of(fill.cost),
      fee: of(fill.fee),
      realizedPnl: fill.realizedPnl === null ? null : of(fill.realizedPnl),
    })
  }
  if (withdrawn.gt(0)) {
    const { base, quote } = context.filters
    await insertLedger(tx, owner, [
      { kind: 'withdrawal', currency: base, amount: withdrawn.neg().toString(), symbol: position.symbol },
    ])
    // No execution, and yet the position's result needs a price: that of the moment it was noticed.
    await insertFill(tx, owner, {
      symbol: position.symbol,
      venueTradeId: `withdrawn-${orderId}`,
      side,
      price,
      quantity: withdrawn.toString(),
      cost: withdrawn.times(price).toString(),
      fee: '0',
      feeCurrency: quote,
      feePrice: '1',
      realizedPnl: null,
      isMaker: false,
      filledAt: at,
    })
  }
}

/** Books executions of the user's own in the ledger alone: they belong to no position of ours. */
export async function bookOwnFills(
  desk: OrderDesk,
  account: Account,
  fills: readonly VenueFill[],
  context: BookingContext,
): Promise<void> {
  const owner = { userId: account.userId, accountId: account.id }
  const coins = { ...context.filters, isSpot: context.isSpot }
  for (const own of fills) {
    const fill = await pricedFill(desk.db, account.id, own, context)
    const rows = ledgerOf(fill, coins, '0').map((row) => ({ ...row, note: 'by hand' }))
    // A fill that moved nothing is remembered all the same, so that it is not looked at again.
    const remembered = rows.length > 0 ? rows : [emptyRow(fill.symbol, fill.venueTradeId, coins.quote)]
    await insertLedger(desk.db, owner, remembered)
  }
}

function emptyRow(symbol: string, venueTradeId: string, currency: string) {
  return { kind: 'fill', currency, amount: '0', symbol, venueTradeId, note: 'by hand' } as const
}
