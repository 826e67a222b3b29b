import { livingPositionsOf } from '#db/account-journal.ts'
import type { Order } from '#db/orders.ts'
import type { Position } from '#db/positions.ts'
import { findSettings } from '#db/trading-settings.ts'
import { Decimal, type DecimalText, sum } from '../../domain/decimal.ts'
import { resolveSettings } from '../../domain/trading-settings.ts'
import type { VenueAccount } from '../../exchange/venue-account.ts'
import type { VenueFill } from '../../exchange/venue-order.ts'
import { raiseAlarm, tellUser } from '../alarm.ts'
import { haltOnMismatch } from '../auto-halt.ts'
import { crashpoint } from '../crashpoint.ts'
import { bookingContext, type OrderDesk } from '../order-desk.ts'
import { adoptManual } from './adopt-manual.ts'
import { bookDeparture, bookOwnFills } from './by-hand.ts'
import { compare, departed, type Part } from './compare.ts'
import type { DoubtBook } from './doubt.ts'
import type { VenueReport } from './report.ts'

/** What comparing positions came to. */
export interface PositionsCompared {
  /** Whether something the venue does not explain is missing. */
  readonly isStale: boolean
  /** Whether every symbol could be looked at and nothing is in doubt: only then money is compared. */
  readonly isSettled: boolean
  /** On futures what the user holds beside ours. */
  readonly external: readonly { readonly symbol: string; readonly quantity: DecimalText }[]
  /** Positions that were changed: what follows from that is to be woken. */
  readonly changed: readonly string[]
}

interface Parts {
  readonly desk: OrderDesk
  readonly venue: VenueAccount
  readonly report: VenueReport
  readonly doubts: DoubtBook
  /** Executions that belong to no order of ours and are not booked, by symbol. */
  readonly strange: ReadonlyMap<string, readonly VenueFill[]>
  /** Our orders that may be executing this moment. */
  readonly inFlight: readonly Order[]
}

/** Brings our positions in line with what the venue holds. The user's own is never touched. */
export async function reconcilePositions(parts: Parts): Promise<PositionsCompared> {
  const { desk, venue, report, inFlight, strange } = parts
  const { account } = venue
  const living = await livingPositionsOf(desk.db, account.id)
  const external: { symbol: string; quantity: DecimalText }[] = []
  const changed: string[] = []
  let isStale = false
  let isSettled = true
  const symbols = new Set([
    ...living.map(({ symbol }) => symbol),
    ...report.positions.map(({ symbol }) => symbol),
    ...strange.keys(),
  ])
  for (const symbol of symbols) {
    const held = heldOf(venue, report, symbol)
    const positions = living.filter((position) => position.symbol === symbol)
    const compared = compare(symbol, positions, held)
    const isQuiet = !inFlight.some((order) => order.symbol === symbol)
    if (account.market !== 'spot' && !new Decimal(compared.surplus).isZero())
      external.push({ symbol, quantity: compared.surplus })
    const own = strange.get(symbol) ?? []
    if (!isQuiet) {
      isSettled = false
      continue
    }
    if (compared.missing !== '0') {
      const found = await takeOff(parts, symbol, positions, compared.missing, own)
      isStale ||= found === 'stale'
      changed.push(...positions.map(({ id }) => id))
      if (found !== 'done') {
        isSettled = false
        continue
      }
    } else if (own.length > 0)
      await bookOwnFills(desk, account, own, await bookingContext(desk, account, symbol))
    if (account.market !== 'spot' && positions.length === 0 && !new Decimal(held).isZero())
      changed.push(...(await maybeAdopt(parts, symbol, held)))
  }
  return { isStale, isSettled, external, changed }
}

/** Signed on futures; on spot the whole balance of the coin, reserved or not. */
function heldOf(venue: VenueAccount, report: VenueReport, symbol: string): DecimalText {
  if (venue.account.market !== 'spot')
    return report.positions.find((position) => position.symbol === symbol)?.quantity ?? '0'
  const base = symbol.split('/', 1)[0]
  return report.balances.find(({ currency }) => currency === base)?.total ?? '0'
}

/**
 * Takes off our positions what the venue does not hold any more. On futures only what somebody else's executions
 * explain; on spot coins may also have been withdrawn. The same difference must have been seen before.
 */
async function takeOff(
  { desk, venue, report, doubts }: Parts,
  symbol: string,
  positions: readonly Position[],
  missing: DecimalText,
  own: readonly VenueFill[],
): Promise<'done' | 'doubted' | 'stale'> {
  const { account } = venue
  const side = positions[0]?.side ?? 'long'
  const taken = departed(own, side, missing)
  const explained = sum(taken.map(({ quantity }) => quantity))
  const isExplained = new Decimal(explained).gte(missing)
  const isNamed = account.market === 'spot' && report.balances.length > 0
  if (!doubts.isConfirmed(`missing ${symbol}`, `${missing} of which ${explained} executed`))
    return isExplained || isNamed ? 'doubted' : 'stale'
  const about = { userId: account.userId, accountId: account.id, symbol, target: symbol }
  if (!isExplained && !isNamed) {
    const text = `the venue shows ${missing} ${symbol} less than the books, and nothing that sold it: nothing is done`
    if (await haltOnMismatch(desk, account, text))
      await raiseAlarm(desk, { event: 'position-missing', ...about, text })
    return 'stale'
  }
  const context = await bookingContext(desk, account, symbol)
  const price =
    (await desk.feedOf(account).prices()).get(symbol)?.toString() ?? positions[0]?.entryPrice ?? '1'
  const isLiquidated = taken.some(({ fill }) => clientIdOf(report, fill)?.startsWith('autoclose-'))
  let left = new Decimal(missing)
  const parts = [...taken]
  for (const position of positions) {
    const quantity = Decimal.min(left, position.quantityOpen)
    if (quantity.lte(0)) continue
    left = left.minus(quantity)
    const departure = {
      position,
      quantity: quantity.toString(),
      parts: takeParts(parts, quantity),
      reason: isLiquidated ? 'liquidation' : 'reconciled',
      price,
    } as const
    if (!(await bookDeparture(desk, account, departure, context))) return 'doubted'
    crashpoint('departed-not-told')
    const what = quantity.eq(position.quantityOpen) ? 'was closed' : `lost ${quantity}`
    await tellUser(desk, {
      event: quantity.eq(position.quantityOpen) ? 'position-gone' : 'position-shrunk',
      ...about,
      positionId: position.id,
      text: `the position on ${symbol} ${what} at the venue, not by this program: the books follow, nothing is sold`,
      details: { quantity: quantity.toString(), executed: explained },
    })
  }
  const used = new Set(taken.map(({ fill }) => fill.venueTradeId))
  await bookOwnFills(
    desk,
    account,
    own.filter(({ venueTradeId }) => !used.has(venueTradeId)),
    context,
  )
  return 'done'
}

/** Takes parts for one position off the front of the list; one that is too large is split. */
function takeParts(parts: Part[], quantity: Decimal): Part[] {
  const mine: Part[] = []
  let left = quantity
  while (left.gt(0)) {
    const next = parts.shift()
    if (next === undefined) break
    const here = Decimal.min(left, next.quantity)
    left = left.minus(here)
    mine.push({ ...next, quantity: here.toString() })
    const rest = new Decimal(next.quantity).minus(here)
    if (rest.gt(0)) {
      const fill = { ...next.fill, venueTradeId: `${next.fill.venueTradeId}-rest` }
      parts.unshift({ fill, quantity: rest.toString(), isRest: true })
    }
  }
  return mine
}

/** Whose order an execution was, by the id it was given. */
function clientIdOf(report: VenueReport, fill: VenueFill): string | undefined {
  const orders = report.history.get(fill.symbol)?.orders ?? []
  return orders.find(({ venueOrderId }) => venueOrderId === fill.venueOrderId)?.clientOrderId
}

/** A position opened by hand becomes ours when the user has said so, and only when it was there twice. */
async function maybeAdopt(
  { desk, venue, report, doubts }: Parts,
  symbol: string,
  held: string,
): Promise<string[]> {
  const { account } = venue
  const stored = await findSettings(desk.db, account.userId, account.id)
  if (!resolveSettings({ ...stored, market: account.market }).adoptManualPositions) return []
  if (!doubts.isConfirmed(`by hand ${symbol}`, held)) return []
  const position = report.positions.find((one) => one.symbol === symbol)
  return position ? adoptManual(desk, account, position) : []
}
