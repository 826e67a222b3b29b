import { isDeepStrictEqual } from 'node:util'
import {
  type MarginAccount,
  type MarginPace,
  marginAccounts,
  saveMargin,
  takeMarginTurn,
  takeMarginWarning,
} from '#db/margins.ts'
import { booksOf, judgeMargin } from '../domain/exits/judge-margin.ts'
import type { MarginReading } from '../domain/exits/margin-reading.ts'
import { OrderRejected, VenueUnavailable } from '../errors.ts'
import type { VenueAccount } from '../exchange/venue-account.ts'
import { cardOf } from '../exchange/venue-cards.ts'
import { raiseAlarm, tellUser } from '../orders/alarm.ts'
import type { OrderDesk } from '../orders/order-desk.ts'
import type { DueExit, LiquidationHints } from './sweep.ts'

/** From this buffer down the venue is asked as often as it may be. */
const nearBuffer = 0.5
const leastMs = { near: 5_000, far: 60_000 }
const withinMs = { near: 15_000, far: 600_000 }
/** What asking once weighs, balances and positions, and the part of the venue's weight that it may take. */
const weightOfOne = 10
const share = 0.1
/** The same warning goes out at most this often. */
const warnEveryMs = 15 * 60_000
/** Accounts asked at once. */
const atOnce = 4

/** What the margins of a shard's accounts ask for. */
export interface JudgedMargins {
  readonly hints: LiquidationHints
  /** The smallest buffer of an account, as a ratio. */
  readonly buffers: ReadonlyMap<string, number>
  /** Accounts whose venue should be asked again soon. */
  readonly ask: readonly { readonly account: MarginAccount; readonly isNear: boolean }[]
}

/**
 * Judges the margin of every account that holds something in a shard, by what its venue last said and the prices of now,
 * and warns its user when one is nearly used up. Asks no venue: a sweep waits for nobody.
 */
export async function judgeMargins(desk: OrderDesk, shard: number): Promise<JudgedMargins> {
  const hints = new Map<string, 'close' | 'halve'>()
  const buffers = new Map<string, number>()
  const ask: JudgedMargins['ask'][number][] = []
  for (const account of await marginAccounts(desk.db, shard)) {
    const { reading, positions } = account
    if (reading === null) {
      ask.push({ account, isNear: true })
      continue
    }
    const prices = await pricesOf(desk, account)
    const judged = judgeMargin(reading, positions, (symbol) => prices.get(symbol))
    for (const [positionId, hint] of judged.hints) hints.set(positionId, hint)
    if (judged.buffer !== null) buffers.set(account.id, judged.buffer)
    if (judged.warned.length > 0) await warn(desk, account, judged.buffer ?? 0)
    const hasChanged = !isDeepStrictEqual(reading.books, booksOf(positions))
    const isNear = hasChanged || (judged.buffer ?? 0) <= nearBuffer
    ask.push({ account, isNear })
  }
  return { hints, buffers, ask }
}

/** Without prices the margin is judged as it was read. */
async function pricesOf(desk: OrderDesk, account: MarginAccount): Promise<ReadonlyMap<string, number>> {
  try {
    return await desk.feedOf(account).prices()
  } catch (error) {
    if (error instanceof VenueUnavailable) return new Map()
    throw error
  }
}

async function warn(desk: OrderDesk, account: MarginAccount, buffer: number): Promise<void> {
  await desk.db.transaction().execute(async (tx) => {
    if (!(await takeMarginWarning(tx, account.id, warnEveryMs))) return
    const about = { userId: account.userId, accountId: account.id, target: account.id }
    const text = `🚨 LIQUIDATION RISK: ${percentText(buffer)} of the margin buffer is left; add collateral or reduce`
    await tellUser({ ...desk, db: tx }, { event: 'liquidation-risk', ...about, text, details: { buffer } })
  })
}

/**
 * Asks the venues again for the margins whose turn it is: near a liquidation, or when the books have changed, every 5 s,
 * else each minute; all accounts together within a tenth of the venue's weight. A venue that does not answer leaves what it
 * said before.
 */
export async function readMargins(desk: OrderDesk, wanted: JudgedMargins['ask']): Promise<void> {
  for (let from = 0; from < wanted.length; from += atOnce)
    await Promise.all(
      wanted.slice(from, from + atOnce).map(async ({ account, isNear }) => {
        if (await takeMarginTurn(desk.db, account, paceOf(account, isNear ? 'near' : 'far')))
          await readMargin(desk, account)
      }),
    )
}

function paceOf(account: MarginAccount, kind: 'near' | 'far'): MarginPace {
  const weightPerMs = ((cardOf(account)?.weightPerMinute ?? Number.POSITIVE_INFINITY) * share) / 60_000
  return { leastMs: leastMs[kind], withinMs: withinMs[kind], eachMs: Math.ceil(weightOfOne / weightPerMs) }
}

async function readMargin(desk: OrderDesk, account: MarginAccount): Promise<void> {
  try {
    const venue = await desk.gateway.account(account.id)
    const prices = await desk.feedOf(account).prices()
    const reading = await readingOf(venue, booksOf(account.positions), prices)
    if (reading !== undefined) await saveMargin(desk.db, account.id, reading)
  } catch (error) {
    if (!(error instanceof VenueUnavailable || error instanceof OrderRejected)) throw error
    desk.log.warn({ err: error, accountId: account.id }, 'the margin of an account could not be read')
  }
}

/** What the venue says now; undefined on a market without margin. */
async function readingOf(
  venue: VenueAccount,
  books: MarginReading['books'],
  prices: ReadonlyMap<string, number>,
): Promise<MarginReading | undefined> {
  const [{ margin }, positions] = await Promise.all([venue.holdings(), venue.positions()])
  if (margin === undefined) return undefined
  const holdings = positions.map((position) => ({
    symbol: position.symbol,
    quantity: Number(position.quantity),
    price: prices.get(position.symbol) ?? Number(position.markPrice ?? position.entryPrice),
    liquidationPrice: position.liquidationPrice === null ? null : Number(position.liquidationPrice),
    used: Number(position.initialMargin),
    stopOut: Number(position.maintenanceMargin),
    isolatedEquity: position.isolatedMargin === null ? null : Number(position.isolatedMargin),
  }))
  const isolated = holdings.filter(({ isolatedEquity }) => isolatedEquity !== null)
  const without = (whole: string, part: (holding: MarginReading['holdings'][number]) => number) =>
    isolated.reduce((left, holding) => left - part(holding), Number(whole))
  return {
    cross: {
      equity: without(margin.equity, ({ isolatedEquity }) => isolatedEquity ?? 0),
      used: without(margin.initialMargin, ({ used }) => used),
      stopOut: without(margin.maintenanceMargin, ({ stopOut }) => stopOut),
    },
    holdings,
    books,
  }
}

/** Tells the user of a position that is halved or closed so that the venue does not liquidate it; closing is critical. */
export async function sayLiquidation(
  desk: Pick<OrderDesk, 'db' | 'log'>,
  { watched, exit }: DueExit,
  buffers: JudgedMargins['buffers'],
): Promise<void> {
  const { userId, accountId, state } = watched
  const { positionId, symbol } = state
  const buffer = buffers.get(accountId) ?? 0
  const isClose = exit.action === 'close'
  const what = isClose ? 'it is being closed' : `${exit.quantity} of it are being closed`
  const text = `🚨 LIQUIDATION RISK on ${symbol}: ${percentText(buffer)} of the margin buffer is left; ${what}`
  const details = { buffer, price: exit.price }
  const about = { userId, accountId, positionId, symbol, target: positionId }
  const alarm = { event: 'liquidation', ...about, text, details } as const
  await (isClose ? raiseAlarm(desk, alarm) : tellUser(desk, alarm))
}

function percentText(buffer: number): string {
  return `${(buffer * 100).toFixed(1)} %`
}
