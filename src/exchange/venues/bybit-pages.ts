import type { bybit } from 'ccxt'
import { z } from 'zod'
import type { VenueClient } from '../venue-class.ts'

/** The longest time one question about the past may span. */
const spanMs = 7 * 24 * 60 * 60_000

/** What is asked of a list, in the venue's words. */
export type Question = Readonly<Record<string, string | number>>

/** A question to a list of the venue: one HTTP request. */
export type ListCall = (venue: InstanceType<typeof bybit>, question: Question) => Promise<unknown>

/** The same client as ccxt's class of Bybit, with the endpoints that no other venue has. */
export function asBybit(venue: VenueClient): InstanceType<typeof bybit> {
  return venue as InstanceType<typeof bybit>
}

/** Every row of a list, page by page. Throws when a page is not of the venue's shape: it would read like an empty one. */
export async function rowsOf<Row extends z.ZodType>(
  venue: VenueClient,
  list: { readonly call: ListCall; readonly row: Row; readonly pageSize: number },
  question: Question,
): Promise<z.infer<Row>[]> {
  const { call, row, pageSize } = list
  const page = z.looseObject({
    result: z.looseObject({ list: z.array(row), nextPageCursor: z.string().optional() }),
  })
  const rows: z.infer<Row>[] = []
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const asked = { ...question, limit: pageSize, ...(cursor !== '' && { cursor }) }
    const { result } = page.parse(await call(asBybit(venue), asked))
    rows.push(...result.list)
    const isLast = result.list.length < pageSize || !result.nextPageCursor
    cursor = isLast ? undefined : result.nextPageCursor
  }
  return rows
}

/** The same for what happened since a moment, asked for in the longest spans that the venue takes. */
export async function rowsSince<Row extends z.ZodType>(
  venue: VenueClient,
  list: { readonly call: ListCall; readonly row: Row; readonly pageSize: number },
  question: Question,
  sinceMs: number,
): Promise<z.infer<Row>[]> {
  const rows: z.infer<Row>[] = []
  const nowMs = venue.nonce()
  for (let startTime = Math.floor(sinceMs); startTime <= nowMs; startTime += spanMs) {
    const endTime = startTime + spanMs - 1
    rows.push(...(await rowsOf(venue, list, { ...question, startTime, endTime })))
  }
  return rows
}
