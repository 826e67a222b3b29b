import type { Scenario } from './scenario.ts'

/** Every scenario by its name; each is loaded when it is played. */
export const scenarios: Readonly<Record<string, () => Promise<Scenario>>> = {
  'queue-loss': async () => (await import('./queue-loss.ts')).queueLoss,
  failover: async () => (await import('./failover.ts')).failover,
  evaluators: async () => (await import('./evaluators.ts')).evaluatorRace,
  freeze: async () => (await import('./freeze.ts')).freezeFor(45_000),
  halts: async () => (await import('./halts.ts')).halts,
  switch: async () => (await import('./switch.ts')).switchStore,
  unknown: async () => (await import('./unknown.ts')).unknown,
}
