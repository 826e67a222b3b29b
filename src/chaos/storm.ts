import type { Member } from './crew.ts'
import type { Wire } from './proxy.ts'
import type { Fault, Target } from './schedule.ts'

/** What faults are done to. A worker's fault is done to one of ours and to one of the control's alike. */
export interface Victims {
  readonly ours: readonly Member[]
  readonly naive: readonly Member[]
  readonly proxies: Readonly<Record<Target, Wire>>
}

/** A kill leaves somebody at work; on a slow machine it waits until there is one more. */
const leastUp = 2
const lookMs = 50

/** Plays faults in their order, at their times or as soon after as may be, until stopped; says each as it happens. */
export function startStorm(
  faults: Iterator<Fault>,
  victims: Victims,
  onFault: (fault: Fault) => void,
): { stop(): void } {
  const startedMs = performance.now()
  let timer: NodeJS.Timeout | undefined
  const next = () => {
    const { value: fault, done } = faults.next()
    if (done) return
    const when = () => {
      if (fault.kind === 'kill' && victims.ours.filter((member) => member.isUp()).length < leastUp) {
        timer = setTimeout(when, lookMs)
        return
      }
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
