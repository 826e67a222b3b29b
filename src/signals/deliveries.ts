import type { Db } from '#db/client.ts'
import { recordSignal } from '#db/signals.ts'
import { handleDelivery, type WaitingDelivery, waitingDeliveries } from '#db/webhook-deliveries.ts'
import { maxSignalAgeMs, signalLifetimeMs, webhookSource } from '../domain/signal.ts'

/** A delivery that waited longer is about a market that has gone on. */
const longestWaitMs = 300_000

/** Deliveries that are read at once. */
const batch = 100

/** What must be known of the market to take a delivery. */
export interface PriceList {
  symbols(): Promise<readonly string[]>
  prices(): Promise<ReadonlyMap<string, number>>
}

/** What became of the deliveries that waited. */
export interface Taken {
  readonly taken: number
  readonly refused: number
  /** Whose next cycle has something to decide: the last new signal of each, that wants to buy or sell. */
  readonly news: ReadonlyMap<string, string>
}

/** Makes signals of the deliveries that wait, oldest first, and refuses what cannot be one, each with its reason. */
export async function takeDeliveries(
  db: Db,
  market: PriceList,
  time: { readonly marketNow: () => number; readonly leastLifeMs: number },
): Promise<Taken> {
  let [taken, refused] = [0, 0]
  const news = new Map<string, string>()
  for (;;) {
    const waiting = await waitingDeliveries(db, batch)
    if (waiting.length === 0) return { taken, refused, news }
    const [listed, prices] = await Promise.all([market.symbols(), market.prices()])
    for (const delivery of waiting) {
      const price = listed.includes(delivery.wish.symbol) ? prices.get(delivery.wish.symbol) : undefined
      const reason = refusalOf(delivery, price)
      if (reason !== undefined || price === undefined) {
        await handleDelivery(db, delivery.id, { reason: reason ?? 'there is no price' })
        refused += 1
        continue
      }
      const { id: signalId, isNew } = await record(db, delivery, price, time)
      await handleDelivery(db, delivery.id, { signalId })
      if (isNew && delivery.wish.action !== 'HOLD') news.set(delivery.userId, signalId)
      taken += 1
    }
  }
}

function refusalOf(delivery: WaitingDelivery, price: number | undefined): string | undefined {
  const { wish, waitedMs, isRemoved, isForEveryone, isOwnerAdmin } = delivery
  if (isRemoved) return 'the webhook was removed before it was taken'
  if (isForEveryone && !isOwnerAdmin)
    return 'its owner is no administrator any more, so it cannot speak to everyone'
  if (waitedMs > longestWaitMs) return `no worker took it within ${longestWaitMs / 1_000} s`
  if (price === undefined) return `${wish.symbol} is not listed where signals are priced`
  return undefined
}

async function record(
  db: Db,
  { userId, webhook, isForEveryone, wish }: WaitingDelivery,
  price: number,
  { marketNow, leastLifeMs }: { readonly marketNow: () => number; readonly leastLifeMs: number },
): Promise<{ readonly id: string; readonly isNew: boolean }> {
  const source = `${webhookSource}:${webhook}`
  const saidAtMs = marketNow()
  const lifetimeMs = Math.min(maxSignalAgeMs, Math.max(signalLifetimeMs(source), leastLifeMs))
  return recordSignal(db, {
    ...wish,
    source,
    userId: isForEveryone ? null : userId,
    details: {},
    price,
    saidAtMs,
    expiresAtMs: saidAtMs + lifetimeMs,
  })
}
