import type { Journal } from './journal.ts'
import type { Stretch } from './unprotected.ts'

/** What happened to the orders of a position while it stood unprotected, one line each. */
export interface Story {
  readonly positionId: string
  readonly seconds: number
  readonly lines: readonly string[]
}

const told = 10
const beforeMs = 3_000

/** The journal's account of the longest stretches, the longest first: where the time went. */
export async function storiesOf(journal: Journal, stretches: readonly Stretch[]): Promise<Story[]> {
  const longest = stretches.toSorted((a, b) => length(b) - length(a)).slice(0, told)
  return await Promise.all(
    longest.map(async (stretch) => ({
      positionId: stretch.positionId,
      seconds: length(stretch) / 1_000,
      lines: await linesOf(journal, stretch),
    })),
  )
}

function length({ fromMs, toMs }: Stretch): number {
  return toMs - fromMs
}

async function linesOf(journal: Journal, { positionId, fromMs, toMs }: Stretch): Promise<string[]> {
  const rows = await journal.query<{ after: string; text: string }>(
    `select round(extract(epoch from e.at - to_timestamp($2::double precision / 1000))::numeric, 2)::text as after,
       concat_ws(' ', o.purpose, left(o.id::text, 8), coalesce(e.from_state, '–') || ' → ' || e.to_state, 'by ' || e.actor, left(e.evidence::text, 160)) as text
     from order_events e join orders o on o.id = e.order_id
     where o.position_id = $1 and e.at between to_timestamp(($2::double precision - ${beforeMs}) / 1000) and to_timestamp($3::double precision / 1000 + 1)
     order by e.id`,
    [positionId, fromMs, toMs],
  )
  return rows.map(({ after, text }) => `${after} s: ${text}`)
}
