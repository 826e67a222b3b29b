import fc from 'fast-check'
import { expect, test } from 'vitest'
import { daySpan, lastMonth, monthSpan, yesterday } from '#src/domain/alerts/days.ts'
import { retryAfterMs } from '#src/domain/alerts/retry.ts'
import { alertWishes, clockOf, isWished, quietUntil } from '#src/domain/alerts/wishes.ts'

const at = (text: string) => Date.parse(text)
const zones = ['UTC', 'Europe/Lisbon', 'America/New_York', 'Asia/Kolkata', 'Pacific/Apia', 'America/Santiago']
const anyMoment = fc.integer({ min: at('2020-01-01T00:00Z'), max: at('2030-01-01T00:00Z') })

test('nothing stored means critical and warnings by mail, trades by Telegram too, and reports', () => {
  expect(alertWishes.parse({})).toEqual({
    email: ['critical', 'warning'],
    telegram: ['critical', 'warning', 'trade'],
    quietHours: null,
    timeZone: 'UTC',
    dailyReport: true,
    monthlySummary: true,
    reportHour: 7,
  })
})

test.each([
  [{ email: ['loud'] }, 'must be one of critical, warning, trade, info'],
  [{ timeZone: 'Mars/Olympus' }, 'must be a time zone such as Europe/Lisbon'],
  [{ quietHours: { from: '25:00', until: '07:00' } }, 'must be a time such as 22:30'],
  [{ quietHours: { from: '07:00', until: '07:00' } }, 'from and until must differ'],
  [{ reportHour: 24 }, 'must be 0 to 23'],
])('%j is refused', (given, rule) => {
  const result = alertWishes.safeParse(given)
  expect(result.error?.issues.map(({ message }) => message)).toContain(rule)
})

test('a test goes to the channel it tries, a report by mail alone, and who is down is not told by itself', () => {
  const wishes = alertWishes.parse({ email: [], telegram: ['critical', 'warning', 'trade', 'info'] })
  const on = (kind: string, severity: 'critical' | 'warning' | 'info') =>
    (['email', 'telegram'] as const).filter((channel) =>
      isWished({ kind, severity, subject: null }, channel, wishes),
    )
  expect(on('test-email', 'info')).toEqual(['email'])
  expect(on('test-telegram', 'info')).toEqual(['telegram'])
  expect(on('daily-report', 'info')).toEqual(['email'])
  expect(on('telegram-down', 'critical')).toEqual([])
  expect(on('order-stuck', 'critical')).toEqual(['telegram'])
})

test.each([
  ['2026-03-10T23:30Z', '2026-03-11T06:00Z'],
  ['2026-03-10T22:00Z', '2026-03-11T06:00Z'],
  ['2026-03-11T05:59:59Z', '2026-03-11T06:00Z'],
  ['2026-03-11T06:00Z', null],
  ['2026-03-10T21:59Z', null],
])('quiet from 22:00 to 06:00: at %s until %s', (now, until) => {
  const wishes = alertWishes.parse({ quietHours: { from: '22:00', until: '06:00' } })
  expect(quietUntil(at(now), wishes)).toBe(until === null ? null : at(until))
})

test('quiet hours are those of the user’s clock', () => {
  const wishes = alertWishes.parse({
    quietHours: { from: '22:00', until: '06:00' },
    timeZone: 'Asia/Kolkata',
  })
  expect(quietUntil(at('2026-03-10T16:29Z'), wishes)).toBeNull()
  expect(quietUntil(at('2026-03-10T16:30Z'), wishes)).toBe(at('2026-03-11T00:30Z'))
})

test('quiet hours always end, and never more than a day later', () => {
  const time = fc
    .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
    .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`)
  fc.assert(
    fc.property(time, time, anyMoment, fc.constantFrom(...zones), (from, until, now, timeZone) => {
      fc.pre(from !== until)
      const ends = quietUntil(now, alertWishes.parse({ quietHours: { from, until }, timeZone }))
      if (ends === null) return
      expect(ends).toBeGreaterThan(now)
      expect(ends - now).toBeLessThanOrEqual(86_400_000)
    }),
  )
})

test('a day is where its clock says so, whole, and days follow each other without a gap', () => {
  fc.assert(
    fc.property(anyMoment, fc.constantFrom(...zones), (now, zone) => {
      const { day } = clockOf(now, zone)
      const span = daySpan(day, zone)
      expect(span.fromMs).toBeLessThanOrEqual(now)
      expect(now).toBeLessThan(span.untilMs)
      expect(clockOf(span.fromMs, zone).day).toBe(day)
      expect(clockOf(span.fromMs - 1, zone).day).not.toBe(day)
      expect(daySpan(yesterday(now, zone), zone).untilMs).toBe(span.fromMs)
      const month = monthSpan(day.slice(0, 7), zone)
      expect(month.fromMs).toBeLessThanOrEqual(span.fromMs)
      expect(month.untilMs).toBeGreaterThanOrEqual(span.untilMs)
      expect(monthSpan(lastMonth(now, zone), zone).untilMs).toBe(month.fromMs)
    }),
    { numRuns: 60 },
  )
})

test('the day on which the clock is put forward has 23 hours', () => {
  const { fromMs, untilMs } = daySpan('2026-03-29', 'Europe/Lisbon')
  expect((untilMs - fromMs) / 3_600_000).toBe(23)
})

test('a message is tried again after 5 s, doubling to 10 min, for a day, and not before the other side says', () => {
  expect([1, 2, 3, 8, 30].map((attempts) => retryAfterMs(attempts, 0))).toEqual([
    5_000, 10_000, 20_000, 600_000, 600_000,
  ])
  expect(retryAfterMs(1, 0, 42_000)).toBe(42_000)
  expect(retryAfterMs(9, 86_400_000)).toBeUndefined()
})
