import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import { Decimal } from '../domain/decimal.ts'
import type { Decision } from '../domain/entries/decision.ts'
import { exitRulesFor } from '../domain/exits/exit-rules.ts'
import { type MarketFilters, minimumQuantity, roundPrice, roundQuantity } from '../domain/market-filters.ts'
import { directionOf, type Side } from '../domain/side.ts'
import { resolveSettings } from '../domain/trading-settings.ts'
import { type EntryPlan, planEntry } from '../orders/plan.ts'
import { note, wake } from './intents.ts'
import type { LoadParts } from './load.ts'
import { marketOf } from './market.ts'
import type { Place } from './places.ts'
import { type Random, wholeBetween } from './random.ts'

/** Entries at a limit, a part of them so far away that their time runs out at the venue. */
const limitShare = 0.12
/** Stops that the price soon goes through: the venue and the monitor close at once. */
const tightShare = 0.1

/** Plans an entry, as a signal that was taken would. Returns 0 where there is no room for one. */
export async function enter(parts: LoadParts, { account, base, symbol }: Place): Promise<number> {
  const { db, keys, next } = parts
  const { filters, price } = await marketOf(parts.feedOf(account), symbol)
  const side: Side = account.market === 'spot' || next() < 0.5 ? 'long' : 'short'
  const decision = decisionOf({ symbol, side, price, filters, next })
  const signalId = randomUUID()
  const source = `chaos:${signalId}`
  const orderId = await db.transaction().execute(async (tx) => {
    await sql`insert into trading_signals (id, source, symbol, action, confidence, price, created_at, renewed_at, expires_at)
      values (${signalId}, ${source}, ${`${base}/USDT`}, ${side === 'long' ? 'BUY' : 'SELL'}, 0.6, ${price},
        now(), now(), now() + interval '2 minutes')`.execute(tx)
    const planned = await planEntry(tx, keys, {
      account,
      decision,
      signal: { id: signalId, source },
      signalLeftMs: 60_000,
      ...(next() < limitShare ? limitOf(side, price, filters, next) : { type: 'market' }),
      rules: exitRulesFor(resolveSettings({ market: account.market }), filters, account.market),
      marketNowMs: Date.now(),
      actor: 'chaos',
    })
    if (planned !== undefined) await note(tx, planned, 'entry')
    return planned
  })
  if (orderId === undefined) return 0
  await wake(parts, orderId, { exchange: account.exchange, lane: 'orders' })
  return 1
}

function decisionOf(wish: {
  readonly symbol: string
  readonly side: Side
  readonly price: number
  readonly filters: MarketFilters
  readonly next: Random
}): EntryPlan['decision'] {
  const { symbol, side, price, filters, next } = wish
  const least = new Decimal(minimumQuantity(price, filters)).times(3)
  const wished = new Decimal(40 + 160 * next()).div(price)
  const quantity = roundQuantity(Decimal.max(least, wished), filters)
  const away = directionOf(side) * (next() < tightShare ? 0.0005 : 0.05)
  const notional = new Decimal(quantity).times(price).toString()
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
      notional,
      margin: notional,
      risk: '5',
    },
  }
  return decision
}

/** Near enough to fill, or far enough to wait until its time is over: then it is priced anew, or left. */
function limitOf(
  side: Side,
  price: number,
  filters: MarketFilters,
  next: Random,
): Pick<EntryPlan, 'type' | 'limitPrice' | 'rests'> {
  const away = next() < 0.3 ? -0.001 : 0.02
  return {
    type: 'limit',
    limitPrice: roundPrice(price * (1 - directionOf(side) * away), filters),
    rests: { forMs: wholeBetween(next, 1_000, 6_000), onTimeout: next() < 0.6 ? 'reprice' : 'skip' },
  }
}
