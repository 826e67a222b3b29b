import type { Member } from './crew.ts'
import type { Wire } from './proxy.ts'
import type { Fault, Target } from './schedule.ts'

/** What faults are done to. A worker's fault is done to one of ours and to one of the control's alike. */
export interface Victims {
  readonly ours: readonly Member[]
  readonly naive: readonly Member[]
  readonly proxies: Readonly<Record<Target, Wire>>
}

/**
 * A kill leaves somebody at work, and comes after something has been done since the last one: as much as a machine does
 * in half a second that has no other work.
 */
const leastUp = 2
const leastSteps = 20
const lookMs = 50

/**
 * Plays faults in their order and at their times until stopped; says each as it happens. On a slow machine a kill waits
 * until work goes on, and with it everything after it: the same faults over a longer time. `steps` counts what has been
 * done with orders so far.
 */
export function startStorm(
  faults: Iterator<Fault>,
  victims: Victims,
  steps: () => number,
  onFault: (fault: Fault) => void,
): { stop(): void } {
  let startedMs = performance.now()
  let stepsAtKill = 0
  let timer: NodeJS.Timeout | undefined
  const mayKill = () =>
    victims.ours.filter((member) => member.isUp()).length >= leastUp && steps() - stepsAtKill >= leastSteps
  const next = () => {
    const { value: fault, done } = faults.next()
    if (done) return
    const when = () => {
      if (fault.kind === 'kill' && !mayKill()) {
        startedMs += lookMs
        timer = setTimeout(when, lookMs)
        return
      }
      if (fault.kind === 'kill') stepsAtKill = steps()
      strike(fault, victims)
      onFault(fault)
      next()
    }
    timer = setTimeout(when, Math.max(0, fault.atMs - (performance.now() - startedMs)))
  }
  next()
  return {
    stop() {
      clearTimeout(timer)
      for (const proxy of Object.values(victims.proxies)) proxy.calm()
      for (const member of [...victims.ours, ...victims.naive]) member.calm()
    },
  }
}

function strike(fault: Fault, { ours, naive, proxies }: Victims): void {
  const each = (worker: number, act: (member: Member) => void) => {
    for (const crew of [ours, naive]) {
      const up = crew.filter((member) => member.isUp())
      const member = up[worker % up.length]
      if (member) act(member)
    }
  }
  switch (fault.kind) {
    case 'kill':
      each(fault.worker, (member) => member.kill())
      break
    case 'freeze':
      each(fault.worker, (member) => member.freeze(fault.forMs))
      break
    case 'latency':
      proxies[fault.target].slow(fault.delayMs, fault.forMs)
      break
    case 'reset':
      proxies[fault.target].reset()
      break
    case 'blackhole':
      proxies[fault.target].swallow(fault.forMs)
      break
    default:
      proxies.venue.lose(fault.kind, fault.forMs)
  }
}
