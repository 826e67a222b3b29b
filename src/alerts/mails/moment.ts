import { clockOf } from '../../domain/alerts/wishes.ts'

/** A moment as mails say it: `2026-01-31 07:05 UTC`, or of the reader's zone. */
export function momentText(at: Date, timeZone: string): string {
  const { day, time } = clockOf(at.getTime(), timeZone)
  return `${day} ${time} ${timeZone}`
}

/** The time of day alone. */
export function timeText(at: Date, timeZone: string): string {
  return clockOf(at.getTime(), timeZone).time
}
