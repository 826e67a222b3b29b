import type { Journal } from '../journal.ts'
import { byClientId, type Truth } from '../truth.ts'

/** The venue's own expiry of an order, and what clocks may differ by, in ms. */
const latestMs = 3_000 + 1_000
const earliestMs = -1_000

/** Orders that the venue took in outside of the time that their claim gave them: one line each. */
export async function lateEffects({ query }: Journal, truth: Truth): Promise<string[]> {
  const claims = await query<{ id: string; client_order_id: string; sent_ms: string | null }>(
    `select id, client_order_id, extract(epoch from sent_at) * 1000 as sent_ms from orders`,
  )
  const bySent = new Map(claims.map((claim) => [claim.client_order_id, claim]))
  const findings: string[] = []
  for (const books of truth.values())
    for (const [clientId, orders] of byClientId(books)) {
      const claim = bySent.get(clientId)
      const [first] = orders.toSorted((a, b) => a.receivedAt - b.receivedAt)
      if (!claim || !first) continue
      const afterMs = claim.sent_ms === null ? Number.NaN : first.receivedAt - Number(claim.sent_ms)
      if (!(afterMs >= earliestMs && afterMs <= latestMs))
        findings.push(`order ${claim.id} came to the venue ${Math.round(afterMs)} ms after its claim`)
    }
  return findings
}
