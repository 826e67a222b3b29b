import { setTimeout as sleep } from 'node:timers/promises'
import type { FaultScript } from '../simulator/faults/rule.ts'

const ofOrders = { request: 'order' } as const
const ofReads = { request: ['query', 'fills'] } satisfies FaultScript['rules'][number]['match']

/** A venue that does nothing wrong. */
export function calmScript(seed: number): FaultScript {
  return { seed, rules: [] }
}

/** This part of all stops does not wake up when the price is through them: the monitor must. */
const asleepShare = { usually: 0.02, forCrashpoints: 0.2 }

/** What the venue does wrong now and then, on its own side of every wire; more of what is rare where every crash point is to be reached. */
export function venueScript(seed: number, isForCrashpoints: boolean): FaultScript {
  return {
    seed,
    rules: [
      { fault: 'drop-after-accept', match: ofOrders, probability: 0.01 },
      { fault: 'drop-before', match: ofOrders, probability: 0.01 },
      { fault: 'late-accept', match: ofOrders, probability: 0.01, afterMs: [200, 8_000] },
      { fault: '5xx-executed', match: ofOrders, probability: 0.01 },
      { fault: '5xx-not-executed', match: ofOrders, probability: 0.01 },
      { fault: '-1006-executed', match: ofOrders, probability: 0.005 },
      { fault: '-1006-not-executed', match: ofOrders, probability: 0.005 },
      { fault: '-1007-executed', match: ofOrders, probability: 0.005 },
      { fault: '-1007-not-executed', match: ofOrders, probability: 0.005 },
      { fault: '429', match: ofOrders, probability: 0.01 },
      { fault: '418', match: ofOrders, probability: 0.002 },
      { fault: 'order-without-id', match: ofOrders, probability: 0.005 },
      { fault: 'truncated-body', match: ofOrders, probability: 0.005 },
      { fault: 'partial-fill', match: ofOrders, probability: 0.02, share: 0.5 },
      { fault: 'slow', match: ofOrders, probability: 0.01, afterMs: [1_000, 6_000] },
      {
        fault: 'stop-asleep',
        match: ofOrders,
        probability: isForCrashpoints ? asleepShare.forCrashpoints : asleepShare.usually,
      },
      { fault: 'drop-after-accept', match: { request: 'cancel' }, probability: 0.03 },
      { fault: '5xx-executed', match: { request: 'cancel' }, probability: 0.02 },
      { fault: '5xx-not-executed', match: { request: 'cancel' }, probability: 0.02 },
      { fault: 'cancel-lost', match: { request: 'cancel' }, probability: 0.03 },
      { fault: 'late-accept', match: { request: 'cancel' }, probability: 0.02, afterMs: [200, 4_000] },
      { fault: 'fills-repeated', match: { request: 'fills' }, probability: 0.05 },
      { fault: 'fills-reordered', match: { request: 'fills' }, probability: 0.05 },
      { fault: 'stale-read', match: ofReads, probability: 0.05, afterMs: [200, 3_000] },
      { fault: 'empty-body', match: ofReads, probability: 0.01 },
    ],
  }
}

/** Puts the script in force at the simulator; what is returned ends it and says how often each fault has struck. */
export async function disturbVenue(
  venueUrl: string,
  script: FaultScript,
): Promise<() => Promise<Readonly<Record<string, number>>>> {
  await ask(venueUrl, 'POST', script)
  return async () => {
    await ask(venueUrl, 'DELETE')
    // What was accepted late is executed by then.
    await sleep(8_000)
    const { fired } = (await ask(venueUrl, 'GET')) as { fired: Readonly<Record<string, number>> }
    return fired
  }
}

async function ask(venueUrl: string, method: string, body?: object): Promise<unknown> {
  const response = await fetch(new URL('/__sim/faults', venueUrl), {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`the simulator took no faults: ${await response.text()}`)
  return response.json()
}
