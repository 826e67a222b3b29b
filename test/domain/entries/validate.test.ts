import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DecisionInput } from '#src/domain/entries/decision.ts'
import { confidenceThreshold } from '#src/domain/entries/threshold.ts'
import { validate } from '#src/domain/entries/validate.ts'
import type { Signal } from '#src/domain/signal.ts'
import { decisionInput, noon } from '../build.ts'

const { signal } = decisionInput()

function other(source: string, action: Signal['action']): Signal {
  return { ...signal, id: source, source, action }
}

function refusedBy(change: Partial<DecisionInput>): string | undefined {
  return validate(decisionInput(change)).steps.find((step) => !step.passed)?.name
}

test('each rule refuses by its name', () => {
  const cases: [string, Partial<DecisionInput>][] = [
    ['trusted_source', { signal: { ...signal, source: 'titan_v2' } }],
    ['trusted_source', { trustedSources: ['titan_v3'] }],
    ['signal_age', { marketNowMs: signal.expiresAtMs }],
    ['signal_age', { signal: { ...signal, createdAtMs: noon - 6 * 3_600_000 } }],
    ['pair_accuracy', { accuracy: { samples: 20, hits: 10, symbolSamples: 20, symbolHits: 6 } }],
    ['consensus', { otherSignals: [other('titan_v3', 'SELL'), other('COUNCIL_V2.0_FALLBACK', 'SELL')] }],
    ['threshold', { signal: { ...signal, confidence: 0.349 } }],
  ]
  for (const [rule, change] of cases) expect(refusedBy(change), rule).toBe(rule)
})

test('at the edge of each rule the signal passes', () => {
  const cases: Partial<DecisionInput>[] = [
    { signal: { ...signal, confidence: 0.35 } },
    { accuracy: { samples: 20, hits: 10, symbolSamples: 20, symbolHits: 7 } },
    { accuracy: { samples: 19, hits: 10, symbolSamples: 19, symbolHits: 0 } },
    { otherSignals: [other('titan_v3', 'SELL')] },
  ]
  for (const change of cases) expect(refusedBy(change)).toBeUndefined()
})

test('other sources add 0.05 each, 0.10 at most, and take 0.10 each', () => {
  const cases: [Signal[], number][] = [
    [[other('titan_v3', 'BUY')], 0.75],
    [[other('titan_v3', 'BUY'), other('COUNCIL_V2.0_FALLBACK', 'BUY'), other('webhook:a', 'BUY')], 0.8],
    [[other('titan_v3', 'SELL')], 0.6],
    [[other('titan_v3', 'SELL'), other('COUNCIL_V2.0_FALLBACK', 'BUY')], 0.65],
  ]
  const own = { ...signal, userId: 'me' }
  for (const [otherSignals, score] of cases) {
    const signals = otherSignals.map((voice) => ({ ...voice, userId: 'me' }))
    expect(validate(decisionInput({ signal: own, otherSignals: signals })).score).toBeCloseTo(score, 12)
  }
})

test('voices that are not trusted, have expired, or only hold are not heard', () => {
  const otherSignals = [
    other('titan_v2', 'SELL'),
    other('titan_v3', 'HOLD'),
    { ...other('COUNCIL_V2.0_FALLBACK', 'SELL'), expiresAtMs: noon },
    other('smart_entry', 'SELL'),
  ]
  expect(validate(decisionInput({ otherSignals })).score).toBe(0.7)
})

test('the threshold is the sum of its parts', () => {
  const calm = { dailyVolatility: 0.02, samples: 0, hits: 0, marketNowMs: noon }
  const saturday = Date.UTC(2025, 5, 14, 12)
  const cases: [Partial<typeof calm>, number][] = [
    [{}, 0.35],
    [{ dailyVolatility: 0.04 }, 0.425],
    [{ dailyVolatility: 0.06 }, 0.5],
    [{ dailyVolatility: 0.5 }, 0.5],
    [{ samples: 9, hits: 0 }, 0.35],
    [{ samples: 10, hits: 5 }, 0.35],
    [{ samples: 50, hits: 10 }, 0.45],
    [{ dailyVolatility: 0.06, samples: 50, hits: 50 }, 0.45],
    [{ samples: 50, hits: 50 }, 0.35],
    [{ marketNowMs: noon - 5 * 3_600_000 }, 0.4],
    [{ marketNowMs: noon + 10 * 3_600_000 }, 0.38],
    [{ marketNowMs: saturday }, 0.37],
    [{ marketNowMs: saturday - 12 * 3_600_000, dailyVolatility: 0.06, samples: 50, hits: 0 }, 0.65],
  ]
  for (const [change, expected] of cases)
    expect(confidenceThreshold({ ...calm, ...change }).threshold, JSON.stringify(change)).toBeCloseTo(
      expected,
      12,
    )
})

test('the hours of the threshold begin and end in UTC on the hour, and the weekend goes on top', () => {
  const wednesday = Date.UTC(2025, 5, 11)
  const cases: [string, number][] = [
    ['00:00', 0.05],
    ['07:59', 0.05],
    ['08:00', 0],
    ['21:59', 0],
    ['22:00', 0.03],
    ['23:59', 0.03],
  ]
  const partAt = (day: number, time: string) => {
    const [hours = 0, minutes = 0] = time.split(':').map(Number)
    const marketNowMs = wednesday + ((day * 24 + hours) * 60 + minutes) * 60_000
    return confidenceThreshold({ dailyVolatility: null, samples: 0, hits: 0, marketNowMs }).timeOfDay
  }
  // Wednesday to Friday, Saturday and Sunday, Monday.
  for (const [time, part] of cases)
    for (const day of [0, 1, 2, 3, 4, 5])
      expect(partAt(day, time), `${day} ${time}`).toBeCloseTo(part + (day === 3 || day === 4 ? 0.02 : 0), 12)
})

test('the accuracy of a source counts from ten samples on, within −0.05 … +0.10', () => {
  const partOf = (samples: number, hits: number) =>
    confidenceThreshold({ dailyVolatility: null, samples, hits, marketNowMs: noon }).accuracy
  const cases: [number, number, number][] = [
    [9, 0, 0],
    [10, 0, 0.1],
    [10, 3, 0.1],
    [50, 20, 0.05],
    [10, 5, 0],
    [10, 6, -0.05],
    [50, 50, -0.05],
  ]
  for (const [samples, hits, part] of cases)
    expect(partOf(samples, hits), `${hits} of ${samples}`).toBeCloseTo(part, 12)
})

test('the threshold never leaves 0.35 … 0.65', () => {
  fc.assert(
    fc.property(
      fc.option(fc.double({ min: 0, max: 2, noNaN: true })),
      fc.nat(50),
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 0, max: 2e12 }),
      (dailyVolatility, samples, rate, marketNowMs) => {
        const hits = Math.round(samples * rate)
        const { threshold } = confidenceThreshold({ dailyVolatility, samples, hits, marketNowMs })
        expect(threshold).toBeGreaterThanOrEqual(0.35)
        expect(threshold).toBeLessThanOrEqual(0.65)
      },
    ),
  )
})
