import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import type { Account } from '#db/accounts.ts'
import type { Db } from '#db/client.ts'
import { Decimal } from '../domain/decimal.ts'
import type { Decision } from '../domain/entries/decision.ts'
import { exitRulesFor } from '../domain/exits/exit-rules.ts'
import { minimumQuantity, roundQuantity } from '../domain/market-filters.ts'
import type { OrderSlot } from '../domain/order.ts'
import type { Side } from '../domain/side.ts'
import { resolveSettings } from '../domain/trading-settings.ts'
import type { FeedPlace } from '../exchange/feeds.ts'
import type { MarketFeed } from '../exchange/market-feed.ts'
import { planEntry, planExit } from '../orders/plan.ts'
import { placeOrder } from '../queue/contracts.ts'
import type { Enqueue } from '../queue/enqueue.ts'
import type { KeyRing } from '../vault/key-ring.ts'
import type { Journal } from './journal.ts'
import { type Random, wholeBetween } from './random.ts'

/** What the load needs: its own way to the database, the queue and the prices, past every proxy. */
export interface LoadParts {
  /** Connected as bullpen_worker. */
  readonly db: Db
  readonly journal: Journal
  readonly keys: KeyRing
  readonly enqueue: Enqueue
  readonly feedOf: (place: FeedPlace) => MarketFeed
  readonly accounts: readonly Account[]
  readonly bases: readonly string[]
  readonly next: Random
  /** Orders that may wait for a worker at once, so that none expires for want of one. */
  readonly mostWaiting: number
}

/** Entries and exits as trading plans them: every position that closes makes room for the next. */
export interface Load {
  /** Plans up to `most` orders; returns how many were planned. */
  plan(most: number): Promise<number>
}

/** A symbol of an account, where one position lives at a time. */
interface Place {
  readonly account: Account
  readonly base: string
  positionId: string | undefined
}

interface PositionRow {
  readonly id: string
  readonly state: string
  readonly qty_open: string
  /** Whether an order of it is under way, its stops left out. */
  readonly is_busy: boolean
  /** Orders that have not left yet. */
  readonly waiting: number
  readonly has_tp1: boolean
}

const actor = 'chaos'
/** Wakes that are never sent, as if the planner had died after its commit: the sweeper finds those orders. */
const unwokenShare = 0.15
/** Places that are visited at the same time. */
const visitsAtOnce = 8

/** Opens a load over all symbols of all accounts. */
export function openLoad(parts: LoadParts): Load {
  const { journal, accounts, bases, next } = parts
  const places: Place[] = accounts.flatMap((account) =>
    bases.map((base) => ({ account, base, positionId: undefined })),
  )

  async function positions(): Promise<Map<string, PositionRow>> {
    const ids = places.flatMap(({ positionId }) => positionId ?? [])
    const rows = await journal.query<PositionRow>(
      `select p.id, p.state, p.qty_open,
         exists (select from order_slots s where s.position_id = p.id and s.slot = 'tp:1') as has_tp1,
         coalesce(live.is_busy, false) as is_busy, coalesce(live.waiting, 0) as waiting
       from positions p left join (
         select position_id, bool_or(purpose <> 'stop') as is_busy,
           count(*) filter (where purpose <> 'stop' and state in ('planned', 'submitting'))::int as waiting
         from orders where state in ('planned', 'submitting', 'open', 'partially_filled', 'canceling', 'unknown')
         group by position_id) live on live.position_id = p.id
       where p.id = any($1)`,
      [ids],
    )
    return new Map(rows.map((row) => [row.id, row]))
  }

  async function visit(place: Place, row: PositionRow | undefined): Promise<number> {
    if (row === undefined || row.state === 'closed' || row.state === 'void') return enter(parts, place)
    const isFree = !row.is_busy && (row.state === 'open' || row.state === 'closing' || row.state === 'stray')
    return isFree ? leave(parts, place, row) : 0
  }

  return {
    async plan(most) {
      const known = await positions()
      const waiting = [...known.values()].reduce((total, row) => total + row.waiting, 0)
      const wanted = Math.min(most, parts.mostWaiting - waiting)
      const start = wholeBetween(next, 0, places.length - 1)
      const left = [...places.slice(start), ...places.slice(0, start)]
      let planned = 0
      while (planned < wanted && left.length > 0) {
        const visits = left
          .splice(0, Math.min(visitsAtOnce, wanted - planned))
          .map((place) => visit(place, known.get(place.positionId ?? '')))
        planned += (await Promise.all(visits)).reduce((total, made) => total + made, 0)
      }
      return planned
    },
  }
}

async function enter(parts: LoadParts, place: Place): Promise<number> {
  const { db, keys, next } = parts
  const { account, base } = place
  const isSpot = account.market === 'spot'
  const symbol = isSpot ? `${base}/USDT` : `${base}/USDT:USDT`
  const feed = parts.feedOf(account)
  const filters = await feed.filters(symbol)
  const price = (await feed.prices()).get(symbol)
  if (!filters || price === undefined) throw new Error(`the simulator does not list ${symbol}`)
  const side: Side = isSpot || next() < 0.5 ? 'long' : 'short'
  const least = new Decimal(minimumQuantity(price, filters)).times(3)
  const wished = new Decimal(40 + 160 * next()).div(price)
  const quantity = roundQuantity(Decimal.max(least, wished), filters)
  const away = side === 'long' ? 0.05 : -0.05
  const decision: Extract<Decision, { action: 'open' }> = {
    outcome: 'taken',
    action: 'open',
    symbol,
    reasons: [],
    steps: [],
    entry: {
      symbol,
      side,
      quantity,
      entryPrice: price,
      stopLoss: price * (1 - away),
      takeProfit: price * (1 + 2 * away),
      stopsFrom: 'atr',
      leverage: 1,
      notional: new Decimal(quantity).times(price).toString(),
      margin: new Decimal(quantity).times(price).toString(),
      risk: '5',
    },
  }
  const signalId = randomUUID()
  const planned = await db.transaction().execute(async (tx) => {
    await sql`insert into trading_signals (id, source, symbol, action, confidence, price, created_at, renewed_at, expires_at)
      values (${signalId}, ${`chaos:${signalId}`}, ${`${base}/USDT`}, ${side === 'long' ? 'BUY' : 'SELL'}, 0.6, ${price},
        now(), now(), now() + interval '1 hour')`.execute(tx)
    const orderId = await planEntry(tx, keys, {
      account,
      decision,
      signal: { id: signalId, source: `chaos:${signalId}` },
      signalLeftMs: 60_000,
      type: 'market',
      rules: exitRulesFor(resolveSettings({ market: account.market }), filters, account.market),
      marketNowMs: Date.now(),
      actor,
    })
    return orderId && { orderId, positionId: await note(tx, orderId, 'entry') }
  })
  if (!planned) return 0
  place.positionId = planned.positionId
  await wake(parts, planned.orderId, 'orders')
  return 1
}

/** Two evaluators at once want the same exit: one of them gets it. */
async function leave(parts: LoadParts, place: Place, row: PositionRow): Promise<number> {
  const { db, keys, next } = parts
  const { account, base } = place
  const symbol = account.market === 'spot' ? `${base}/USDT` : `${base}/USDT:USDT`
  const price = (await parts.feedOf(account).prices()).get(symbol) ?? 1
  const isPartial = !row.has_tp1 && next() < 0.3
  const slot: OrderSlot = isPartial ? 'tp:1' : 'close'
  const want = () =>
    db.transaction().execute(async (tx) => {
      const orderId = await planExit(tx, keys, {
        positionId: row.id,
        quantity: isPartial ? new Decimal(row.qty_open).div(2).toString() : 'all',
        slots: [slot],
        ...(isPartial && { levels: [1] }),
        reason: isPartial ? 'partial_tp_1' : 'take_profit',
        price,
        actor,
      })
      if (orderId !== undefined) await note(tx, orderId, slot)
      return orderId
    })
  const wishes = next() < 0.5 ? [want(), want()] : [want()]
  const planned = (await Promise.all(wishes)).filter((orderId) => orderId !== undefined)
  for (const orderId of planned) await wake(parts, orderId, 'exits')
  return planned.length
}

/** Notes an intent in the transaction that plans it; returns the position. */
async function note(tx: Db, orderId: string, slot: string): Promise<string> {
  const { rows } = await sql<{ position_id: string }>`
    insert into chaos.intents (order_id, position_id, slot) select id, position_id, ${slot} from orders where id = ${orderId}
    returning position_id`.execute(tx)
  return rows[0]?.position_id ?? ''
}

async function wake({ enqueue, next }: LoadParts, orderId: string, lane: 'orders' | 'exits'): Promise<void> {
  if (next() < unwokenShare) return
  await enqueue(placeOrder, { orderId, exchange: 'binance', lane }, { jobId: `order-${orderId}-w0` })
}
