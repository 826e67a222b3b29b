import { describe, expect, test } from 'vitest'
import { evaluatorRace } from '#src/chaos/scenarios/evaluators.ts'
import { failover } from '#src/chaos/scenarios/failover.ts'
import { freezeFor } from '#src/chaos/scenarios/freeze.ts'
import { lineOf, playScenario, type Scenario } from '#src/chaos/scenarios/scenario.ts'
import { backendKinds } from '../support/backends.ts'

/** Real processes start slowly on a machine that is busy. */
const processesMs = 10 * 60_000
const backend = backendKinds.includes('redis') ? 'redis' : 'postgres'

/** Short forms of `bullpen chaos --scenario`: what must never happen, and not how long things take here. */
async function play(name: string, scenario: Scenario, times: number): Promise<void> {
  const report = await playScenario(name, scenario, { seed: 1, backend, times, workers: 2, say: () => {} })
  const { tooLate: _, haltsKeptWaiting: __, ...harm } = report.harm
  expect(
    Object.values(harm).reduce((sum, count) => sum + count, 0),
    lineOf(report),
  ).toBe(0)
  expect(report.void, lineOf(report)).toBeUndefined()
}

describe('nothing is lost or done twice', () => {
  test.runIf(backend === 'redis')(
    'when Redis fails over to a replica that lags',
    { timeout: processesMs },
    () => play('failover', failover, 1),
  )

  // Longer than the lease of an order and the venue's own expiry.
  test('when workers stand still at each step of sending', { timeout: processesMs }, () =>
    play('freeze', freezeFor(10_000), 1),
  )

  test(
    'when evaluators race on stops, levels and close-alls, and nobody waits in a circle',
    {
      timeout: processesMs,
    },
    () => play('evaluators', evaluatorRace, 1_000),
  )
})
