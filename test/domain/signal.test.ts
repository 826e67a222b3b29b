import { expect, test } from 'vitest'
import { distrust } from '#src/domain/entries/trusted-source.ts'
import {
  baseOf,
  defaultTrustedSources,
  refusedSources,
  signalExpiryMs,
  signalLifetimeMs,
} from '#src/domain/signal.ts'

const operator = defaultTrustedSources

test('the refused sources stay refused, whoever trusts them', () => {
  for (const source of refusedSources)
    expect(distrust({ source, userId: 'me' }, { operator: [source], user: [source] })).toContain(
      'refused always',
    )
})

test('a source is acted on when the operator trusts it and the user chose it', () => {
  const cases: [string, string | null, string[], boolean][] = [
    ['titan_v3', null, ['titan_v3'], true],
    ['titan_v3', null, ['smart_entry'], false],
    ['somebody', null, ['somebody'], false],
    ['webhook', 'me', ['webhook'], true],
    ['webhook', null, ['webhook'], false],
    ['webhook:alerts', 'me', ['webhook'], true],
    ['webhook:alerts', null, ['webhook'], false],
    ['webhook:alerts', null, ['webhook:alerts'], true],
    ['strategy:mine', null, ['strategy:mine'], true],
    ['strategy:mine', null, ['webhook', 'titan_v3'], false],
  ]
  for (const [source, userId, user, isTrusted] of cases)
    expect(distrust({ source, userId }, { operator, user }) === undefined, source).toBe(isTrusted)
})

test('a signal lives three intervals of its source, a webhook an hour, and none longer than 6 h from its birth', () => {
  expect(signalLifetimeMs('smart_entry')).toBe(45_000)
  expect(signalLifetimeMs('COUNCIL_V2.0_FALLBACK')).toBe(180_000)
  expect(signalLifetimeMs('titan_v3')).toBe(900_000)
  expect(signalLifetimeMs('webhook:x')).toBe(3_600_000)
  expect(signalLifetimeMs('strategy:x', 300_000)).toBe(900_000)
  expect(signalLifetimeMs('strategy:x', 86_400_000)).toBe(6 * 3_600_000)
  const sixHours = 6 * 3_600_000
  expect(signalExpiryMs({ source: 'titan_v3', createdAtMs: 0, saidAtMs: sixHours - 1 })).toBe(sixHours)
})

test('the base is what stands before the slash', () => {
  expect(baseOf('BTC/USDT')).toBe('BTC')
  expect(baseOf('BTC/USDT:USDT')).toBe('BTC')
})
