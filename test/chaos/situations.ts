import { orderCloseAll } from '#db/halt-orders.ts'
import { type Order, orderOrThrow } from '#db/orders.ts'
import { requestCancel } from '#db/stops.ts'
import { saveSettings } from '#db/trading-settings.ts'
import { approve } from '#src/exchange/order-request.ts'
import { claimOrder } from '#src/orders/claim.ts'
import { advanceCloseBatches } from '#src/orders/close-all.ts'
import type { Crashpoint } from '#src/orders/crashpoint.ts'
import { bookingContext } from '#src/orders/order-desk.ts'
import { placeOrder } from '#src/orders/place.ts'
import { planExit } from '#src/orders/plan.ts'
import { whoCloses } from '#src/orders/reached.ts'
import { reconcileAccount } from '#src/orders/reconcile/account.ts'
import { resolveOrder } from '#src/orders/resolve.ts'
import { sendOrder } from '#src/orders/send.ts'
import type { FaultName } from '#src/simulator/faults/rule.ts'
import { newClientOrderId } from '#src/vault/client-order-id.ts'
import { type Floor, keys, type Trader } from '#test/support/floor.ts'
import { carryOut } from '#test/support/hand-work.ts'
import { type SteeredTape, steerSeen } from '#test/support/steered-tape.ts'
import { ageDoubts, ageOrders } from './carry-on.ts'
import type { LastAct } from './fixtures/victim.ts'

/** How it stands when a worker does its last act. */
export interface Situation {
  readonly trader: Trader
  readonly last: LastAct
}

/** Prepares a situation; `nth` alternates what may be one or the other. */
type Prepare = (nth: number) => Promise<Situation>

type Market = 'spot' | 'futures'

/** The situation that leads to each crash point. */
export function situationsOn(floor: Floor, tape: SteeredTape): Readonly<Record<Crashpoint, Prepare>> {
  const { db, desk, simulator, database } = floor
  const either = (nth: number): Market => (nth % 2 === 0 ? 'futures' : 'spot')

  /** One fault of the venue's, at the next order of this trader, or its next cancel. */
  const once = ({ apiKey }: Trader, fault: FaultName, request: 'order' | 'cancel' = 'order') =>
    simulator.faults.add({ rules: [{ fault, match: { request, apiKey }, times: 1 }] })

  const planned = async (market: Market, balances?: Readonly<Record<string, string>>) => {
    const trader = await floor.trader({ market, ...(balances && { balances }) })
    const orderId = await floor.enter(trader, { base: 'ETH', quantity: '1' })
    // A busy machine takes its time to start a victim.
    await database.query(`update orders set expires_at = now() + interval '1 hour' where id = $1`, [orderId])
    return { trader, orderId }
  }
  const opened = async (market: Market) => {
    const { trader, orderId } = await planned(market)
    return { trader, positionId: await carryOut(desk, orderId) }
  }
  const leaving = async (market: Market) => {
    const { trader, positionId } = await opened(market)
    const wish = { positionId, quantity: 'all', slots: ['close'], reason: 'manual', price: 2_000 } as const
    const orderId = await db.transaction().execute((tx) => planExit(tx, keys, { ...wish, actor: 'test' }))
    return { trader, orderId: orderId ?? '' }
  }
  /** A limit entry that rests and is wanted back. */
  const resting = async (market: Market, onTimeout: 'skip' | 'reprice' = 'skip') => {
    const trader = await floor.trader({ market })
    const wish = { base: 'ETH', quantity: '1', limitAt: 0.97, rests: { forMs: 60_000, onTimeout } }
    const orderId = await floor.enter(trader, wish)
    await sendOrder(desk, orderId)
    await database.query('update orders set rests_until = clock_timestamp() where id = $1', [orderId])
    await requestCancel(db, [orderId])
    return { trader, orderId }
  }
  /** An order of which nobody knows what became: it arrived, or it did not. */
  const unknown = async (of: { trader: Trader; orderId: string }, fault: FaultName) => {
    once(of.trader, fault)
    await placeOrder(desk, of.orderId, { isRetry: false })
    return of
  }
  /** One that did not arrive, after so many rounds of looking for it. */
  const absent = async (of: { trader: Trader; orderId: string }, rounds: 0 | 1) => {
    await unknown(of, 'drop-before')
    await ageOrders(floor, of.trader)
    if (rounds === 0) return of
    await resolveOrder(desk, of.orderId)
    await ageOrders(floor, of.trader)
    return of
  }
  /** One whose sender has gone after the claim. */
  const abandonedBySender = async (nth: number) => {
    const of = await planned(either(nth))
    const order: Order = await orderOrThrow(db, of.orderId)
    const sender = floor.deskOf('gone')
    await claimOrder(db, order, await bookingContext(sender, of.trader.account, order.symbol))
    await ageOrders(floor, of.trader)
    return of
  }
  const closingAll = async (trader: Trader): Promise<Situation> => {
    const place = { scope: 'account', key: trader.account.id } as const
    await db.transaction().execute((tx) => orderCloseAll(tx, { ...place, reason: 'a test', by: 'test' }))
    return { trader, last: { act: 'close-all', id: trader.account.id } }
  }

  const place = (of: { trader: Trader; orderId: string }): Situation => ({
    trader: of.trader,
    last: { act: 'place', id: of.orderId },
  })
  const resolve = (of: { trader: Trader; orderId: string }): Situation => ({
    trader: of.trader,
    last: { act: 'resolve', id: of.orderId },
  })
  const cancel = (of: { trader: Trader; orderId: string }): Situation => ({
    trader: of.trader,
    last: { act: 'cancel', id: of.orderId },
  })
  const reconcile = (trader: Trader): Situation => ({
    trader,
    last: { act: 'reconcile', id: trader.account.id },
  })

  const entering: Prepare = async (nth) => place(await planned(either(nth)))
  const refused: Prepare = async () => place(await planned('spot', { USDT: '10' }))
  const troubled =
    (...faults: readonly FaultName[]): Prepare =>
    async (nth) => {
      const of = await planned(either(nth))
      once(of.trader, faults[nth % faults.length] as FaultName)
      return place(of)
    }
  const comparing: Prepare = async (nth) => reconcile((await opened(either(nth))).trader)
  const halved: Prepare = async () => {
    const { trader } = await opened('futures')
    simulator.hand({ apiKey: trader.apiKey, do: 'sell-half', symbol: 'ETH/USDT' })
    await reconcileAccount(desk, trader.account.id)
    await ageDoubts(floor, trader)
    return reconcile(trader)
  }

  return {
    'mid-plan': async (nth) => {
      const { trader, positionId } = await opened(either(nth))
      return { trader, last: { act: 'leave', id: positionId, price: 2_000 } }
    },
    // The evaluation has tightened the stop: the guard plans another one.
    'planned-not-woken': async () => {
      const { trader, positionId } = await opened('futures')
      await database.query(
        'update monitored_positions set stop_loss = stop_loss * 1.01 where position_id = $1',
        [positionId],
      )
      return { trader, last: { act: 'guard', id: positionId } }
    },
    'ready-not-claimed': entering,
    'mid-claim': entering,
    'claimed-not-sent': entering,
    'sent-not-recorded': entering,
    'refused-not-recorded': refused,
    'refused-not-sold-on': refused,
    'unknown-not-recorded': troubled('5xx-executed', '5xx-not-executed', 'drop-after-accept'),
    'mid-unknown': troubled('drop-before', '-1006-executed', '-1007-not-executed'),
    'not-written-not-returned': troubled('429'),
    'mid-return': troubled('429'),
    'fills-read': entering,
    'mid-record': entering,
    'mid-reprice': async () => cancel(await resting('futures', 'reprice')),
    'mid-protect': async () => place(await planned('futures')),
    'mid-close': async (nth) => place(await leaving(either(nth))),
    'mid-settle': entering,
    'mid-end': async (nth) => {
      const of = await planned(either(nth))
      await database.query('update orders set expires_at = clock_timestamp() where id = $1', [of.orderId])
      return place(of)
    },
    'recorded-not-woken': entering,
    'mid-cancel': async (nth) => cancel(await resting(either(nth))),
    'cancel-marked': async (nth) => cancel(await resting(either(nth))),
    'cancel-sent': async (nth) => cancel(await resting(either(nth))),
    'cancel-unanswered': async (nth) => {
      const of = await resting(either(nth))
      once(of.trader, nth % 2 === 0 ? 'drop-after-accept' : 'drop-before', 'cancel')
      return cancel(of)
    },
    'mid-lost-sender': async (nth) => resolve(await abandonedBySender(nth)),
    'lost-sender': async (nth) => resolve(await abandonedBySender(nth)),
    'found-not-adopted': async (nth) =>
      resolve(await unknown(await planned(either(nth)), 'drop-after-accept')),
    'round-not-written': async (nth) => resolve(await absent(await planned(either(nth)), 0)),
    'round-written': async (nth) => resolve(await absent(await planned(either(nth)), 0)),
    'absent-once': async (nth) => resolve(await absent(await planned(either(nth)), 0)),
    'absent-not-ended': async (nth) => resolve(await absent(await planned(either(nth)), 1)),
    'ended-not-planned-again': async (nth) => resolve(await absent(await leaving(either(nth)), 1)),
    'planned-again-not-committed': async (nth) => resolve(await absent(await leaving(either(nth)), 1)),
    // The stop sleeps at the venue although the price is through it.
    'stop-asked': async () => {
      await steerSeen(tape, desk, 'LTC/USDT', 100)
      const trader = await floor.trader({ market: 'futures' })
      const asleep = simulator.faults.add({
        rules: [{ fault: 'stop-asleep', match: { apiKey: trader.apiKey } }],
      })
      const positionId = await carryOut(desk, await floor.enter(trader, { base: 'LTC', quantity: '1' }))
      for (const id of asleep) simulator.faults.remove(id)
      tape.steer('LTC/USDT', 90)
      simulator.settle()
      await whoCloses(desk, positionId, 90)
      await database.query(
        `update positions set stop_reached_at = stop_reached_at - interval '2 s' where id = $1`,
        [positionId],
      )
      return { trader, last: { act: 'reached', id: positionId, price: 90 } }
    },
    'batch-taken': async (nth) => closingAll((await opened(either(nth))).trader),
    'unsent-abandoned': async (nth) => closingAll((await planned(either(nth))).trader),
    'taken-back-not-closed': async (nth) => closingAll((await opened(either(nth))).trader),
    'close-not-woken': async (nth) => closingAll((await opened(either(nth))).trader),
    'flat-not-ended': async () => {
      const { trader } = await opened('spot')
      const situation = await closingAll(trader)
      const woken: string[] = []
      await advanceCloseBatches(desk, ({ id }) => woken.push(id))
      for (const id of woken) await placeOrder(desk, id, { isRetry: false })
      await database.query('update close_batches set advanced_at = null where ended_at is null')
      return situation
    },
    'report-read': comparing,
    'living-asked': comparing,
    // The journal does not know an order with our tag: a database that was restored.
    'adopted-not-booked': async () => {
      const trader = await floor.trader({ market: 'spot' })
      const venue = await floor.gateway.account(trader.account.id)
      const clientOrderId = newClientOrderId(keys, trader.account.id)
      const request = { symbol: 'ETH/USDT', side: 'buy', type: 'market', quantity: '2' } as const
      const now = { wallMs: Date.now(), monotonicMs: performance.now() }
      await venue.placeOrder(approve({ ...request, clientOrderId, isReduceOnly: false }, now))
      return reconcile(trader)
    },
    'unknown-adopted': comparing,
    'mid-departure': halved,
    'departed-not-told': halved,
    'mid-manual-adoption': async () => {
      const trader = await floor.trader({ market: 'futures' })
      const wish = { adopt_manual_positions: true, stop_loss_pct: 3 }
      await saveSettings(db, trader.account.userId, null, wish)
      simulator.hand({ apiKey: trader.apiKey, do: 'buy', symbol: 'ETH/USDT', quantity: '2' })
      await reconcileAccount(desk, trader.account.id)
      await ageDoubts(floor, trader)
      return reconcile(trader)
    },
    'compared-not-saved': comparing,
  }
}
