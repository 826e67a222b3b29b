import fc from 'fast-check'
import { expect, test } from 'vitest'
import { beat } from '#db/workers.ts'
import { soakPage } from '#src/maintenance/soak/page.ts'
import { byMinute, type Point, slopeOf } from '#src/maintenance/soak/slope.ts'
import { soak } from '#src/maintenance/soak/watch.ts'
import { testDatabase } from '../support/database.ts'

const line = (slope: number, start: number, noise: (i: number) => number = () => 0): Point[] =>
  Array.from({ length: 60 }, (_, i) => ({ hours: i / 60, mb: start + (slope * i) / 60 + noise(i) }))

test('the slope of a line is found again, whatever it is, and what came before the warm-up is left out', () => {
  fc.assert(
    fc.property(
      fc.double({ min: -500, max: 500, noNaN: true }),
      fc.double({ min: 50, max: 800, noNaN: true }),
      (slope, start) => {
        const points = line(slope, start).map((point, i) => (i < 10 ? { ...point, mb: 0 } : point))
        const found = slopeOf(points, 10 / 60)
        expect(found?.mbPerHour).toBeCloseTo(slope, 6)
        expect(found?.from).toBeLessThanOrEqual(found?.mbPerHour ?? 0)
      },
    ),
  )
})

test('what swings about a mean does not grow, and what grows by 5 MB an hour under the same swing does', () => {
  const swing = (i: number) => 4 * Math.sin(i * 2.3) + 3 * Math.cos(i * 5.1)
  const flat = slopeOf(line(0, 200, swing), 0)
  expect(flat?.from).toBeLessThan(0)
  expect(flat?.to).toBeGreaterThan(0)
  const growing = slopeOf(line(20, 200, swing), 0)
  expect(growing?.from).toBeGreaterThan(10)
  expect(growing?.to).toBeLessThan(30)
})

test('too few minutes say nothing', () => {
  expect(slopeOf(line(5, 200).slice(0, 4), 0)).toBeUndefined()
  expect(byMinute([0, 1, 2].map((i) => ({ hours: i / 3_600, mb: i }))).map(({ mb }) => mb)).toEqual([1])
})

test('processes at work are followed, those that are not are not, and the page shows what they are called', async () => {
  const database = await testDatabase()
  const db = database.db()
  const one = (id: string, queues: string[]) =>
    beat(
      db,
      { id, role: 'worker', queues, host: 'h', pid: 1, version: '1' },
      { rssBytes: 200 * 1024 * 1024, loopLagMs: 0 },
    )
  await one('a', ['trading', '<monitor>'])
  await one('gone', ['signals'])
  await database.query(`update workers set heartbeat_at = now() - interval '1 minute' where id = 'gone'`)
  const soaked = await soak(db, { minutes: 60, signal: AbortSignal.abort() })
  expect(soaked).toMatchObject([{ id: 'a', name: 'worker trading <monitor>', points: [{ mb: 200 }] }])
  const page = soakPage(soaked, 60)
  expect(page).toContain('worker trading &#60;monitor&#62;')
  expect(page).toContain('200 MB; too short for a slope')
})
