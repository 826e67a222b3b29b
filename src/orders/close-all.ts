import { ordersByClientId } from '#db/account-journal.ts'
import { raiseAlert } from '#db/alerts.ts'
import { recordAudit } from '#db/audit.ts'
import {
  type BatchPosition,
  type CloseBatch,
  endBatch,
  flatForMs,
  isStuck,
  livingPositions,
  noteProgress,
  positionsOf,
  takeOpenBatches,
} from '#db/close-batches.ts'
import { liveOrders } from '#db/orders.ts'
import { Decimal } from '../domain/decimal.ts'
import { isEnded } from '../domain/order.ts'
import { messageOf } from '../errors.ts'
import { pauseOnBadKey } from './bad-key.ts'
import { closePosition, type Wake } from './close-position.ts'
import { crashpoint } from './crashpoint.ts'
import { takeBackLate } from './late-order.ts'
import type { OrderDesk } from './order-desk.ts'

/** A batch is looked at again after so long, by whichever worker comes first. */
const quietMs = 1_000
/** Positions that are closed at the same time. */
const atOnce = 8
/** Lists may be seconds old: an order that still rests so long after it has ended here is taken back once more. */
const restsAfterMs = 5_000
/** What the venue still shows for so long after all of ours has ended is not ours. */
const surplusAfterMs = 60_000
/** From so long on a person is told that it does not come to its end. */
const stuckAfterMs = 60_000

/**
 * Advances every open close-all by one step. Each step reads what is there and does what is missing, so it may be
 * repeated, interrupted and shared between workers; nothing of it rests on the queue.
 */
export async function advanceCloseBatches(desk: OrderDesk, wake: Wake): Promise<void> {
  for (const batch of await takeOpenBatches(desk.db, quietMs)) await advance(desk, batch, wake)
}

async function advance(desk: OrderDesk, batch: CloseBatch, wake: Wake): Promise<void> {
  crashpoint('batch-taken')
  const alive = await livingPositions(desk.db, batch)
  const positionIds = [...new Set([...batch.positionIds, ...alive.map(({ id }) => id)])]
  const positions = await positionsOf(desk.db, { positionIds })
  const waits = await eachOf(await unfinished(desk, positions), (position) =>
    saying(desk, position.accountId, position.symbol, () => closePosition(desk, position.id, wake)),
  )
  const isFlatForUs = waits.length === 0
  const shown = isFlatForUs ? await shownByVenue(desk, positions) : []
  const flatMs = isFlatForUs ? await flatForMs(desk.db, batch.id) : 0
  if (flatMs > restsAfterMs)
    for (const { takeBack } of shown) await takeBack?.().catch((error) => sayTroubled(desk, batch, error))
  const isPatienceOver = flatMs > surplusAfterMs
  const isSurplus = isPatienceOver && shown.every(({ isOurs }) => !isOurs)
  if (isFlatForUs && (shown.length === 0 || isSurplus)) {
    crashpoint('flat-not-ended')
    await end(desk, batch, positions, shown)
    return
  }
  const waitsFor = [...waits, ...shown.map(({ text }) => text)].slice(0, 10).join('; ')
  await noteProgress(desk.db, batch.id, { alive: positionIds, waitsFor, isFlatForUs })
  await desk.db.transaction().execute(async (tx) => {
    if (await isStuck(tx, batch.id, stuckAfterMs)) await callPerson({ ...desk, db: tx }, batch, waitsFor)
  })
}

function sayTroubled({ log }: OrderDesk, { scope, key }: CloseBatch, err: unknown): void {
  log.warn({ err, scope, key }, 'an order that had ended still rests, and was not taken back')
}

/** It goes on trying; what it waits for may be in a person's hands alone. */
async function callPerson({ db, log }: OrderDesk, batch: CloseBatch, waitsFor: string): Promise<void> {
  const { id: batchId, scope, key, userId } = batch
  const text = `everything on ${scope} ${key} is being closed for more than ${stuckAfterMs / 1_000} s: ${waitsFor}`
  log.fatal({ event: 'close-all.stuck', scope, key, waitsFor }, text)
  await recordAudit(db, {
    ...(userId !== null && { userId }),
    actor: 'bullpen',
    action: 'close-all.stuck',
    target: `${scope} ${key}`,
    details: { batchId, text },
  })
  await raiseAlert(db, {
    kind: 'close-all-stuck',
    severity: 'critical',
    userId,
    subject: `${scope} ${key}`,
    title: 'A close-all does not come to its end',
    text: `${text}. It goes on being tried.`,
    advice: 'Close at the exchange by hand what is still open there.',
  })
}

/** Positions that live, and ended ones of which an order lives. */
async function unfinished(desk: OrderDesk, positions: readonly BatchPosition[]): Promise<BatchPosition[]> {
  const found: BatchPosition[] = []
  for (const position of positions) {
    const isOver = position.state === 'closed' || position.state === 'void'
    if (!isOver || (await liveOrders(desk.db, position.id)).length > 0) found.push(position)
  }
  return found
}

/** Something that a venue shows although all of ours has ended. */
interface Shown {
  readonly text: string
  /** An order of ours; a position cannot say whose it is. */
  readonly isOurs: boolean
  /** Takes an order back that the journal has ended; it may be asked for again and again. */
  readonly takeBack?: () => Promise<void>
}

/** What the venues still show on the symbols of the positions: nothing is flat before they say so. */
async function shownByVenue(desk: OrderDesk, positions: readonly BatchPosition[]): Promise<Shown[]> {
  const byAccount = Map.groupBy(positions, ({ accountId }) => accountId)
  const shown = await eachOf([...byAccount], async ([accountId, own]) => {
    const symbols = [...new Set(own.map(({ symbol }) => symbol))]
    try {
      return await shownOf(desk, accountId, symbols)
    } catch (error) {
      await pauseOnBadKey(desk, accountId, error)
      return [{ text: `account ${accountId}: ${messageOf(error)}`, isOurs: true }]
    }
  })
  return shown.flat()
}

async function shownOf(desk: OrderDesk, accountId: string, symbols: readonly string[]): Promise<Shown[]> {
  const venue = await desk.gateway.account(accountId)
  const held = (await venue.positions()).filter(
    ({ symbol, quantity }) => symbols.includes(symbol) && !new Decimal(quantity).isZero(),
  )
  const listed = await Promise.all(symbols.map((symbol) => venue.openOrders(symbol)))
  const open = listed.flat()
  const ids = open.map(({ clientOrderId }) => clientOrderId)
  const ours = await ordersByClientId(desk.db, accountId, ids)
  return [
    ...held.map(({ symbol, quantity }) => ({
      text: `${symbol}: the venue still shows ${quantity}`,
      isOurs: false,
    })),
    ...open.flatMap((there) => {
      const order = ours.get(there.clientOrderId)
      if (order === undefined) return []
      const text = `${order.symbol}: an order of ours rests at the venue`
      if (!isEnded(order.state)) return { text, isOurs: true }
      return { text, isOurs: true, takeBack: () => takeBackLate(desk, venue, order, there) }
    }),
  ]
}

async function end(
  desk: OrderDesk,
  batch: CloseBatch,
  positions: readonly BatchPosition[],
  shown: readonly Shown[],
): Promise<void> {
  const closed = positions.filter(({ state }) => state !== 'void').length
  const left = shown.map(({ text }) => `${text}, which is not Bullpen's and was left alone`)
  const outcome = [`${closed} closed`, ...left].join('; ')
  if (await endBatch(desk.db, batch.id, outcome))
    desk.log.info(
      { event: 'close-all.end', scope: batch.scope, key: batch.key, outcome },
      'everything is closed',
    )
}

/** What a step waits for; a failure is such a thing, and stops no other position. */
async function saying(
  desk: OrderDesk,
  accountId: string,
  symbol: string,
  step: () => Promise<string | undefined>,
): Promise<string | undefined> {
  try {
    return await step()
  } catch (error) {
    const isKey = await pauseOnBadKey(desk, accountId, error)
    return `${symbol}: ${messageOf(error)}${isKey ? '; connect another key, or give the close-all up' : ''}`
  }
}

/** Does it for each, a few at a time; the answers that are not undefined. */
async function eachOf<T, R>(items: readonly T[], work: (item: T) => Promise<R | undefined>): Promise<R[]> {
  const left = [...items]
  const answers: R[] = []
  const worker = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      const answer = await work(item)
      if (answer !== undefined) answers.push(answer)
    }
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker))
  return answers
}
