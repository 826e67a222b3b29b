import { z } from 'zod'
import { type AlertChannel, alertChannels, type Severity, severities } from './severity.ts'

const chosen = z.array(z.enum(severities, `must be one of ${severities.join(', ')}`)).max(severities.length)
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 22:30')

/** What a user wants to hear where. What is not stored stands as it is here. */
export const alertWishes = z.strictObject(
  {
    /** Severities by mail. */
    email: chosen.default(['critical', 'warning']),
    telegram: chosen.default(['critical', 'warning', 'trade']),
    /** What is not critical waits until they are over; from and until on the user's clock. */
    quietHours: z
      .strictObject({ from: timeOfDay, until: timeOfDay }, 'must have from and until')
      .refine(({ from, until }) => from !== until, 'from and until must differ')
      .nullable()
      .default(null),
    /** An IANA name, such as Europe/Lisbon. */
    timeZone: z
      .string()
      .max(60)
      .refine(isTimeZone, 'must be a time zone such as Europe/Lisbon')
      .default('UTC'),
    dailyReport: z.boolean('must be true or false').default(true),
    monthlySummary: z.boolean('must be true or false').default(true),
    /** The hour of the user's clock from which on reports go out. */
    reportHour: z.int('must be a whole hour').min(0, 'must be 0 to 23').max(23, 'must be 0 to 23').default(7),
  },
  'must be an object of wishes',
)
export type AlertWishes = z.infer<typeof alertWishes>

/** What goes to a channel whatever severities are wished for there, and what to no other. */
const ownChannels: Readonly<Record<string, readonly AlertChannel[]>> = {
  'daily-report': ['email'],
  'monthly-summary': ['email'],
  // Who sends mail knows that it does not arrive.
  'mail-down': ['telegram'],
  'telegram-down': ['email'],
}

/** Whether a user wants an alert on a channel. A test goes where it was asked for, and nowhere else. */
export function isWished(
  alert: { readonly kind: string; readonly severity: Severity; readonly subject: string | null },
  channel: AlertChannel,
  wishes: AlertWishes,
): boolean {
  if (alert.kind.startsWith('test-')) return alert.kind === testKind(channel)
  const own = ownChannels[alert.kind]
  if (own && !own.includes(channel)) return false
  if (alert.kind === 'daily-report' || alert.kind === 'monthly-summary') return true
  return wishes[channel].includes(alert.severity)
}

/** The kind of the alert that tries a channel. */
export function testKind(channel: AlertChannel): string {
  return `test-${channel}`
}

/** Whether an alert may go to a channel at all, be it wished for or not. */
export function mayUse(kind: string, channel: AlertChannel): boolean {
  if (kind.startsWith('test-')) return kind === testKind(channel)
  return (ownChannels[kind] ?? alertChannels).includes(channel)
}

/** When the quiet hours that hold at a moment are over, in ms; null when it is not quiet then. */
export function quietUntil(nowMs: number, { quietHours, timeZone }: AlertWishes): number | null {
  if (quietHours === null) return null
  const now = minutesOf(clockOf(nowMs, timeZone).time)
  const from = minutesOf(quietHours.from)
  const until = minutesOf(quietHours.until)
  const isQuiet = from < until ? now >= from && now < until : now >= from || now < until
  if (!isQuiet) return null
  const minutes = (until - now + 1_440) % 1_440
  return Math.floor(nowMs / 60_000) * 60_000 + minutes * 60_000
}

/** A moment on the clock of a zone: `2026-01-31`, `07:05` and the hour. */
export function clockOf(
  atMs: number,
  timeZone: string,
): { readonly day: string; readonly time: string; readonly hour: number } {
  const parts = clockFor(timeZone).formatToParts(atMs)
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.find((one) => one.type === type)?.value ?? ''
  return {
    day: `${part('year')}-${part('month')}-${part('day')}`,
    time: `${part('hour')}:${part('minute')}`,
    hour: Number(part('hour')),
  }
}

const clocks = new Map<string, Intl.DateTimeFormat>()

/** One per zone: making it takes a thousand times as long as asking it. */
function clockFor(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
  clocks.set(timeZone, made)
  return made
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3))
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}
