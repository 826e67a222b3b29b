import { oneOf, type Random, random, wholeBetween } from './random.ts'

/** What lies behind a proxy. */
export type Target = 'postgres' | 'queue' | 'venue'

/** What becomes of orders on their way to the venue: the answer, the request, or half of the answer is lost. */
export type Loss = 'lose-answers' | 'lose-requests' | 'cut-answers'

/** One fault and when it happens, in ms from the beginning. `worker` is a draw: its rest by their number is the victim. */
export type Fault = { readonly atMs: number } & (
  | { readonly kind: 'kill'; readonly worker: number }
  | { readonly kind: 'freeze'; readonly worker: number; readonly forMs: number }
  | { readonly kind: 'latency'; readonly target: Target; readonly forMs: number; readonly delayMs: number }
  | { readonly kind: 'reset'; readonly target: Target }
  | { readonly kind: 'blackhole'; readonly target: Target; readonly forMs: number }
  | { readonly kind: Loss; readonly target: 'venue'; readonly forMs: number }
)

/** How often and how long; everything else is drawn from the seed. */
export interface SchedulePlan {
  readonly seed: number
  readonly killEveryMs: number
  readonly longestFreezeMs: number
}

/** Every kind of fault, workers killed and nothing else, or nothing at all. */
export type FaultSet = 'all' | 'kills' | 'none'

/** The faults of a seed that a run plays. */
export function* stormOf(plan: SchedulePlan & { readonly faults: FaultSet }): Generator<Fault, undefined> {
  if (plan.faults === 'none') return undefined
  for (const fault of schedule(plan)) if (plan.faults === 'all' || fault.kind === 'kill') yield fault
}

/** The faults of a seed in the order of their time, without end. The same plan gives the same faults. */
export function* schedule({ seed, killEveryMs, longestFreezeMs }: SchedulePlan): Generator<Fault, never> {
  const streams = [
    stream(random(seed, 1), [killEveryMs, killEveryMs], (next, atMs) => ({
      kind: 'kill',
      atMs,
      worker: wholeBetween(next, 0, 999),
    })),
    stream(random(seed, 2), [8_000, 25_000], (next, atMs) => ({
      kind: 'freeze',
      atMs,
      worker: wholeBetween(next, 0, 999),
      // Most are short; some outlive every lease and every lock.
      forMs: next() < 0.3 ? longestFreezeMs : wholeBetween(next, 500, Math.min(8_000, longestFreezeMs)),
    })),
    stream(random(seed, 3), [1_500, 5_000], wireFault),
    stream(random(seed, 4), [3_000, 7_000], (next, atMs) => ({
      kind: oneOf(next, ['lose-answers', 'lose-answers', 'lose-requests', 'cut-answers'] as const),
      atMs,
      target: 'venue',
      forMs: wholeBetween(next, 500, 1_500),
    })),
  ]
  const heads = streams.map((faults) => faults.next().value)
  for (;;) {
    const first = heads.reduce((least, head, i) => (head.atMs < (heads[least]?.atMs ?? 0) ? i : least), 0)
    const fault = heads[first] as Fault
    heads[first] = streams[first]?.next().value as Fault
    yield fault
  }
}

function* stream(
  next: Random,
  [least, most]: readonly [number, number],
  draw: (next: Random, atMs: number) => Fault,
): Generator<Fault, never> {
  let atMs = 0
  for (;;) {
    atMs += wholeBetween(next, least, most)
    yield draw(next, atMs)
  }
}

function wireFault(next: Random, atMs: number): Fault {
  const target = oneOf(next, ['postgres', 'queue', 'venue'] as const)
  const kind = oneOf(next, ['latency', 'latency', 'reset', 'blackhole'] as const)
  switch (kind) {
    case 'latency':
      return {
        kind,
        atMs,
        target,
        forMs: wholeBetween(next, 500, 4_000),
        delayMs: wholeBetween(next, 20, 400),
      }
    case 'reset':
      return { kind, atMs, target }
    case 'blackhole':
      return { kind, atMs, target, forMs: wholeBetween(next, 300, 5_000) }
  }
}
