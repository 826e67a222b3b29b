import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type MadeDelivery, type Reach, routeAlert, type WantedDelivery } from '#src/domain/alerts/route.ts'

const minute = 60_000
const hour = 60 * minute

const reach = (more: Partial<Reach> = {}): Reach => ({
  userId: 'ada',
  channel: 'email',
  role: 'owner',
  isWished: true,
  quietUntilMs: null,
  ...more,
})
const email = reach()
const telegram = reach({ channel: 'telegram' })
const operator = reach({ userId: null, channel: 'telegram', role: 'operator', isWished: false })

const critical = { severity: 'critical', raisedAtMs: 0, isAcknowledged: false } as const
const warning = { severity: 'warning', raisedAtMs: 0, isAcknowledged: false } as const
const sent = (wanted: WantedDelivery, more: Partial<MadeDelivery> = {}): MadeDelivery => ({
  ...wanted,
  state: 'sent',
  attempts: 1,
  ...more,
})

/** Looks whenever it is due, up to a time; what is asked for has gone out at the next look. */
function play(alert: typeof critical | typeof warning, reaches: readonly Reach[], untilMs: number) {
  const made: MadeDelivery[] = []
  const told: { atMs: number; to: string }[] = []
  for (let nowMs: number | null = 0; nowMs !== null && nowMs <= untilMs; ) {
    const route = routeAlert(alert, reaches, made, nowMs)
    for (const wanted of route.send) {
      made.push(sent(wanted))
      told.push({ atMs: nowMs, to: `${wanted.userId ?? 'operator'} ${wanted.channel}` })
    }
    nowMs = route.nextAtMs
  }
  return told
}

test('what is critical goes to every wished channel at once, and on until somebody acknowledges it', () => {
  const told = play(critical, [email, telegram, operator], 60 * minute)
  expect(told.filter(({ atMs }) => atMs === 0)).toEqual([
    { atMs: 0, to: 'ada email' },
    { atMs: 0, to: 'ada telegram' },
  ])
  expect(told.filter(({ to }) => to === 'operator telegram').map(({ atMs }) => atMs)).toEqual([
    15 * minute,
    60 * minute,
  ])
  expect(told.filter(({ to }) => to === 'ada email').map(({ atMs }) => atMs / minute)).toEqual([0, 5, 15, 60])
})

test('once acknowledged nothing more goes out', () => {
  expect(routeAlert({ ...critical, isAcknowledged: true }, [email], [], 0)).toEqual({
    send: [],
    nextAtMs: null,
  })
})

test('a critical alert whose channel is not wished goes there in the second step, or at once where no other is', () => {
  const unwished = reach({ channel: 'telegram', isWished: false })
  expect(play(critical, [email, unwished], 5 * minute)).toEqual([
    { atMs: 0, to: 'ada email' },
    { atMs: 5 * minute, to: 'ada email' },
    { atMs: 5 * minute, to: 'ada telegram' },
  ])
  expect(routeAlert(critical, [unwished], [], 0).send).toHaveLength(1)
})

test('without any channel of its owner the operator hears of it at once', () => {
  expect(routeAlert(critical, [operator], [], 0).send).toEqual([
    { userId: null, channel: 'telegram', step: 0 },
  ])
})

test('a channel that fails is not waited for: the next one follows at once, and no second message waits behind the first', () => {
  const unwished = reach({ channel: 'telegram', isWished: false })
  const waiting = sent({ userId: 'ada', channel: 'email', step: 0 }, { state: 'waiting' })
  const soon = routeAlert(critical, [email, unwished, operator], [{ ...waiting, attempts: 1 }], minute)
  expect(soon.send).toEqual([])
  expect(soon.nextAtMs).toBeLessThan(5 * minute)
  const failed = [{ ...waiting, attempts: 2 }]
  expect(routeAlert(critical, [email, unwished, operator], failed, minute).send).toEqual([
    { userId: 'ada', channel: 'telegram', step: 1 },
  ])
  const refused = [{ ...waiting, state: 'refused' as const }]
  expect(routeAlert(critical, [unwished, operator], refused, minute).send).toEqual([
    { userId: 'ada', channel: 'telegram', step: 1 },
  ])
})

test('an hour in which nobody looked is made up for by one message, not by one for each step', () => {
  const late = routeAlert(critical, [email, telegram], [], 20 * minute)
  expect(late.send).toEqual([
    { userId: 'ada', channel: 'email', step: 2 },
    { userId: 'ada', channel: 'telegram', step: 2 },
  ])
})

test('what is not critical goes out once, where it is wished, when it is not quiet', () => {
  expect(
    play(warning, [email, reach({ channel: 'telegram', isWished: false }), operator], 24 * hour),
  ).toEqual([{ atMs: 0, to: 'ada email' }])
  const quiet = reach({ quietUntilMs: 8 * hour })
  expect(routeAlert(warning, [quiet, telegram], [], 0)).toEqual({
    send: [{ userId: 'ada', channel: 'telegram', step: 0 }],
    nextAtMs: 8 * hour,
  })
  expect(routeAlert(critical, [quiet], [], 0).send).toHaveLength(1)
})

test('whatever happens, nobody is told twice of one step, and it comes to an end', () => {
  const reaches = fc.uniqueArray(
    fc.record({
      userId: fc.constantFrom('ada', 'ben', null),
      channel: fc.constantFrom('email' as const, 'telegram' as const),
      role: fc.constantFrom('owner' as const, 'operator' as const),
      isWished: fc.boolean(),
      quietUntilMs: fc.option(fc.integer({ min: 0, max: 24 * hour })),
    }),
    { selector: ({ userId, channel }) => `${userId} ${channel}` },
  )
  const fate = fc.constantFrom('sent' as const, 'waiting' as const, 'refused' as const, 'given_up' as const)
  fc.assert(
    fc.property(fc.boolean(), reaches, fc.infiniteStream(fate), (isCritical, those, fates) => {
      const alert = isCritical ? critical : warning
      const made: MadeDelivery[] = []
      let nowMs: number | null = 0
      let looks = 0
      while (nowMs !== null && looks < 20_000) {
        const route = routeAlert(alert, those, made, nowMs)
        for (const wanted of route.send) {
          const same = made.filter(
            ({ userId, channel }) => userId === wanted.userId && channel === wanted.channel,
          )
          expect(same.filter(({ step }) => step >= wanted.step)).toEqual([])
          expect(same.filter(({ state }) => state === 'waiting')).toEqual([])
          const state = fates.next().value ?? 'sent'
          made.push(sent(wanted, { state, attempts: state === 'waiting' ? 3 : 1 }))
        }
        if (route.nextAtMs !== null) expect(route.nextAtMs).toBeGreaterThanOrEqual(nowMs)
        if (route.nextAtMs === nowMs && route.send.length === 0) expect.unreachable('it would look for ever')
        nowMs = route.nextAtMs
        looks += 1
      }
      expect(nowMs).toBeNull()
      expect(looks).toBeLessThan(20_000)
    }),
    { numRuns: 50 },
  )
})
