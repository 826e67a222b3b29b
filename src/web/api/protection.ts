import { sql } from 'kysely'
import { z } from 'zod'
import { decimal, instant } from './fields.ts'

/**
 * What holds for a position now. `stop`: a stop order for all of it rests at the exchange. `monitored`: it was evaluated
 * on a fresh price within 5 s, and the monitor sends the exit. `unprotected`: neither, though one should. `opening`:
 * nothing of it has filled yet.
 */
const protectionStates = ['opening', 'stop', 'monitored', 'unprotected'] as const

/** The protection of one position, as part of its answer. */
export const protectionFields = {
  protection: z.enum(protectionStates),
  /** The price of the stop that rests at the exchange. */
  restingStop: decimal.nullable(),
  /** Wall time; null unless unprotected, or while it is not known. */
  unprotectedSince: instant.nullable(),
  /** Whether the user took the stop away at the exchange, twice: the monitor guards alone. */
  stopDeclined: z.boolean(),
  /** Wall seconds since the monitor last looked; null before its first look. */
  evaluatedSecondsAgo: z.number().nullable(),
}
export type Protection = z.infer<z.ZodObject<typeof protectionFields>>

/** Five seconds between two sweeps, and one for the sweep itself to arrive in the database. */
const maxEvaluationAgeMs = 6_000

/** What `protectionOf` reads, of positions `p` with their watch `m`; joins that go with it are `protectionJoins`. */
export interface ProtectionRow {
  state: string
  needs_stop: boolean | null
  is_declined: boolean
  resting_stop: string | null
  gap_kind: string | null
  gap_since: Date | null
  evaluated_at: Date | null
  evaluated_seconds_ago: number | null
}

export const protectionColumns = sql`
  (p.rules ->> 'reduceOnly')::boolean and p.stop_declined_at is null
    and coalesce(m.stop_loss, m.trailing_sl, p.stop_loss) is not null as needs_stop,
  p.stop_declined_at is not null as is_declined, rests.stop_price as resting_stop, gap.kind as gap_kind,
  gap.began_at as gap_since, m.evaluated_at,
  extract(epoch from clock_timestamp() - m.evaluated_at)::double precision as evaluated_seconds_ago`

export const protectionJoins = sql`
  left join protection_gaps gap on gap.position_id = p.id and gap.ended_at is null
  left join lateral (
    select stop_price from orders where position_id = p.id and purpose = 'stop' and state in ('open', 'partially_filled')
      and p.qty_open - (quantity - filled) < (p.rules ->> 'stepSize')::numeric
    order by attempt desc limit 1
  ) rests on true`

/** Judges a position as its rows stand. */
export function protectionOf(row: ProtectionRow): Protection {
  const age = row.evaluated_seconds_ago
  const isWatched = age !== null && age * 1_000 <= maxEvaluationAgeMs
  const protection = judge(row, isWatched)
  const since = row.gap_since ?? (row.needs_stop ? null : row.evaluated_at)
  return {
    protection,
    restingStop: row.resting_stop,
    unprotectedSince: protection === 'unprotected' ? (since?.toISOString() ?? null) : null,
    stopDeclined: row.is_declined,
    evaluatedSecondsAgo: age === null ? null : Math.max(0, age),
  }
}

function judge(row: ProtectionRow, isWatched: boolean): Protection['protection'] {
  if (row.state === 'opening') return 'opening'
  if (row.resting_stop !== null) return 'stop'
  if (row.needs_stop || row.gap_kind === 'exit_unknown') return 'unprotected'
  return isWatched ? 'monitored' : 'unprotected'
}
