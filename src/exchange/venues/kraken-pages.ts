import type { kraken } from 'ccxt'
import { z } from 'zod'
import type { VenueClient } from '../venue-class.ts'

/** What is asked for, in the venue's words. */
export type Question = Readonly<Record<string, string | number | boolean>>

/** A private endpoint of the venue, and the row of its answer. */
export interface Endpoint<Row extends z.ZodType> {
  readonly ask: (venue: InstanceType<typeof kraken>, question: Question) => Promise<unknown>
  /** Under which name the rows lie in the result; undefined where they are all of it. */
  readonly under: string | undefined
  readonly row: Row
}

/** More than this is asked for by no more pages: what is wanted is young. */
const mostPages = 20

/** The same client as ccxt's class of Kraken, with the endpoints that no other venue has. */
export function asKraken(venue: VenueClient): InstanceType<typeof kraken> {
  return venue as InstanceType<typeof kraken>
}

/** The rows of one answer by their ids. */
export async function rowsOf<Row extends z.ZodType>(
  venue: VenueClient,
  endpoint: Endpoint<Row>,
  question: Question,
): Promise<[id: string, row: z.infer<Row>][]> {
  return (await page(venue, endpoint, question)).rows
}

/** The rows of a history, from the newest back, all pages of it. Throws when there are more than could be wanted. */
export async function allRowsOf<Row extends z.ZodType>(
  venue: VenueClient,
  endpoint: Endpoint<Row>,
  question: Question,
): Promise<[id: string, row: z.infer<Row>][]> {
  // What comes to be while pages are read moves the others down: an id is taken once.
  const found = new Map<string, z.infer<Row>>()
  let read = 0
  for (let asked = 0; asked < mostPages; asked += 1) {
    const { rows, count } = await page(venue, endpoint, { ...question, ofs: read })
    for (const [id, row] of rows) found.set(id, row)
    read += rows.length
    if (rows.length === 0 || read >= count) return [...found]
  }
  throw new Error(`the history has more than ${mostPages} pages`)
}

async function page<Row extends z.ZodType>(
  venue: VenueClient,
  { ask, under, row }: Endpoint<Row>,
  question: Question,
): Promise<{ rows: [string, z.infer<Row>][]; count: number }> {
  const { result } = answered.parse(await ask(asKraken(venue), question))
  const rows = z.record(z.string(), row).parse(under === undefined ? result : result[under])
  return { rows: Object.entries(rows) as [string, z.infer<Row>][], count: Number(result.count ?? 0) }
}

const answered = z.looseObject({ result: z.record(z.string(), z.unknown()) })
