import { clockOf } from './wishes.ts'

const dayMs = 86_400_000

/** A span of time: from its first millisecond up to, and without, `untilMs`. */
export interface Span {
  readonly fromMs: number
  readonly untilMs: number
}

/** The day `2026-01-31` on the clock of a zone; 23 or 25 hours where the clock is changed. */
export function daySpan(day: string, timeZone: string): Span {
  return { fromMs: startOf(day, timeZone), untilMs: startOf(dayAfter(day, 1), timeZone) }
}

/** The month `2026-01` on the clock of a zone. */
export function monthSpan(month: string, timeZone: string): Span {
  return {
    fromMs: startOf(`${month}-01`, timeZone),
    untilMs: startOf(`${monthAfter(month)}-01`, timeZone),
  }
}

/** The day before the one that it is now, on the clock of a zone. */
export function yesterday(nowMs: number, timeZone: string): string {
  return dayAfter(clockOf(nowMs, timeZone).day, -1)
}

/** The month before the one that it is now, on the clock of a zone. */
export function lastMonth(nowMs: number, timeZone: string): string {
  const { day } = clockOf(nowMs, timeZone)
  return dayAfter(`${day.slice(0, 7)}-01`, -1).slice(0, 7)
}

/** The first moment of a day: where the clock is put forward at midnight, the first that there is. */
function startOf(day: string, timeZone: string): number {
  // No zone is further from UTC than 14 hours; whether it is that day yet changes once on the way.
  let before = Date.parse(day) - 15 * 3_600_000
  let after = before + 30 * 3_600_000
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (clockOf(middle, timeZone).day < day) before = middle
    else after = middle
  }
  return after
}

function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * dayMs).toISOString().slice(0, 10)
}

function monthAfter(month: string): string {
  const [year = 0, number = 0] = month.split('-').map(Number)
  return new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 7)
}
