import { beforeAll, expect, test } from 'vitest'
import { saveWishes } from '#db/alert-settings.ts'
import { asTenant } from '#db/client.ts'
import { dailyMail } from '#src/alerts/mails/daily.ts'
import { monthlyMail } from '#src/alerts/mails/monthly.ts'
import { raiseReports } from '#src/alerts/reports.ts'
import { yesterday } from '#src/domain/alerts/days.ts'
import { alertWishes, clockOf } from '#src/domain/alerts/wishes.ts'
import { sum } from '#src/domain/decimal.ts'
import { testDatabase } from '#test/support/database.ts'
import { type Seeded, seedSignals, seedTrading } from '#test/support/seed.ts'

const database = await testDatabase()
const db = database.db()
const app = database.db('bullpen_app')
const signals = await seedSignals(database.query)
const hour = 3_600_000
const publicUrl = 'https://b.test'

async function user(name: string): Promise<{ id: string } & Seeded> {
  const [row] = await database.query<{ id: string }>(
    `insert into auth."user" (name, email, "emailVerified") values ($1, lower($1) || '@example.test', true) returning id`,
    [name],
  )
  const id = row?.id ?? ''
  return { id, ...(await seedTrading(database.query, { id, name }, 'futures', signals)) }
}
const wish = (userId: string, wishes: object) =>
  asTenant(app, userId, (tx) => saveWishes(tx, userId, alertWishes.parse(wishes)))
const reportsOf = (userId: string) =>
  database.query<{ kind: string; subject: string; text: string }>(
    `select kind, subject, text from alerts where user_id = $1 and kind in ('daily-report', 'monthly-summary') order by kind`,
    [userId],
  )

let ada: { id: string } & Seeded
let ben: { id: string } & Seeded
/** Eight in the morning of tomorrow, UTC: yesterday is today. */
const morning = Date.parse(clockOf(Date.now() + 24 * hour, 'UTC').day) + 8 * hour
const today = yesterday(morning, 'UTC')

beforeAll(async () => {
  ada = await user('Ada')
  ben = await user('Ben')
  await database.query(`update accounts set created_at = now() - interval '40 days'`)
})

test('a report is raised once, however often and by however many it is asked for', async () => {
  await wish(ben.id, { dailyReport: false, monthlySummary: false })
  await Promise.all(Array.from({ length: 8 }, () => raiseReports(db, morning)))
  await raiseReports(db, morning + hour)
  const daily = (await reportsOf(ada.id)).filter(({ kind }) => kind === 'daily-report')
  expect(daily).toMatchObject([{ subject: today }])
  expect(await reportsOf(ben.id)).toEqual([])
  await raiseReports(db, morning + 24 * hour)
  expect((await reportsOf(ada.id)).filter(({ kind }) => kind === 'daily-report')).toHaveLength(2)
})

test('it waits for the hour of the user’s own clock', async () => {
  const carl = await user('Carl')
  await database.query(`update accounts set created_at = now() - interval '40 days'`)
  // Seven in the evening in Kolkata is half past one in the afternoon, UTC.
  await wish(carl.id, { timeZone: 'Asia/Kolkata', reportHour: 19, monthlySummary: false })
  const day = Date.parse(clockOf(morning, 'UTC').day)
  await raiseReports(db, day + 13 * hour)
  expect(await reportsOf(carl.id)).toEqual([])
  await raiseReports(db, day + 13.5 * hour)
  expect(await reportsOf(carl.id)).toMatchObject([{ subject: yesterday(morning, 'Asia/Kolkata') }])
})

test('the month is summed up in the first days of the next, and not in the middle of one', async () => {
  const dora = await user('Dora')
  await database.query(`update accounts set created_at = now() - interval '400 days'`)
  await wish(dora.id, { dailyReport: false })
  await raiseReports(db, Date.parse('2026-11-15T08:00Z'))
  expect(await reportsOf(dora.id)).toEqual([])
  await raiseReports(db, Date.parse('2026-12-01T06:59Z'))
  expect(await reportsOf(dora.id)).toEqual([])
  await raiseReports(db, Date.parse('2026-12-02T08:00Z'))
  await raiseReports(db, Date.parse('2026-12-03T08:00Z'))
  expect(await reportsOf(dora.id)).toMatchObject([{ kind: 'monthly-summary', subject: '2026-11' }])
})

test('the daily report says what the day’s trades came to, what is open, and shows the curve', async () => {
  const mail = await dailyMail(db, { userId: ada.id, day: today, zone: 'UTC', publicUrl })
  const trades = await database.query<{ pnl: string }>(
    `select pnl from trades where user_id = $1 and closed_at >= $2::date and closed_at < $2::date + 1`,
    [ada.id, today],
  )
  const shown = Number(sum(trades.map(({ pnl }) => pnl)))
    .toFixed(2)
    .replace('-', '−')
  for (const form of [mail.html, mail.text, mail.subject])
    expect(form).toContain(
      trades.length === 0 ? 'no trade was closed' : (shown.split('.')[0]?.slice(-3) ?? ''),
    )
  const open = await database.query<{ symbol: string }>(
    `select symbol from positions where user_id = $1 and state in ('open', 'closing', 'stray') and qty_open > 0`,
    [ada.id],
  )
  expect(open.length).toBeGreaterThan(0)
  for (const { symbol } of open) for (const form of [mail.html, mail.text]) expect(form).toContain(symbol)
  expect(mail.html).not.toMatch(/undefined|NaN|\[object/)
  expect(mail.text).not.toMatch(/undefined|NaN|\[object|<[a-z]/)
  const [image] = mail.images
  expect(image?.png.subarray(1, 4).toString()).toBe('PNG')
  expect([image?.png.readUInt32BE(16), image?.png.readUInt32BE(20)]).toEqual([1_120, 300])
  expect(mail.html).toContain(`cid:${image?.cid}`)
})

test('a day without anything is a report, too', async () => {
  const [row] = await database.query<{ id: string }>(
    `insert into auth."user" (name, email, "emailVerified") values ('eve', 'eve@example.test', true) returning id`,
  )
  const mail = await dailyMail(db, { userId: row?.id ?? '', day: today, zone: 'UTC', publicUrl })
  expect(mail.images).toEqual([])
  expect(mail.subject).toBe(`Daily report ${today}: no trade was closed`)
  expect(mail.text).toContain('OPEN NOW: 0')
})

test('the monthly summary counts every trade of the month once in each table, and nobody else’s', async () => {
  const month = today.slice(0, 7)
  const mail = await monthlyMail(db, { userId: ada.id, month, zone: 'UTC', publicUrl })
  const [count] = await database.query<{ count: number }>(
    `select count(*)::int as count from trades where user_id = $1 and to_char(closed_at at time zone 'utc', 'YYYY-MM') = $2`,
    [ada.id, month],
  )
  const inTable = (title: string) => {
    const part = mail.text.split(title)[1]?.split(/\n\n/)[1] ?? ''
    return [...part.matchAll(/: (\d+) trades/g)].reduce((all, [, number]) => all + Number(number), 0)
  }
  for (const title of ['BY RISK TIER', 'BY SOURCE']) expect(inTable(title)).toBe(count?.count)
  expect(mail.text).toMatch(/[\d,.]+ USDT could be withdrawn/)
  expect(mail.html).not.toMatch(/undefined|NaN|\[object/)
})
