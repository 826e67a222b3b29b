import type { Ground } from './ground.ts'
import type { Measure } from './row.ts'
import type { Pair } from './statistics.ts'

/** Figures of one side by the id of their measure. */
export type Figures = Readonly<Record<string, number>>

/** One round: both sides, one right after the other. */
export type Round = () => Promise<{ readonly floor: Figures; readonly ours: Figures }>

/** Our code beside its floor: the least that any program doing the same work would have to do. */
export interface Contest {
  /** The goal's number in the table of goals, or a name for one of our own: what `--only` picks. */
  readonly goal: string
  readonly title: string
  readonly measures: readonly Measure[]
  /** Not run on a machine without it. */
  readonly needs?: 'redis' | 'chromium'
  /** Makes ready what all rounds share and defers its end to `closing`. */
  open(ground: Ground, closing: AsyncDisposableStack): Promise<Round>
}

/** Measures one side, then the other. */
export function inTurn(floor: () => Promise<Figures>, ours: () => Promise<Figures>): Round {
  return async () => ({ floor: await floor(), ours: await ours() })
}

/** The rounds of one measure. Throws when a side did not measure it: that is a defect of the contest. */
export function pairsOf(rounds: readonly Awaited<ReturnType<Round>>[], { id }: Measure): Pair[] {
  return rounds.map(({ floor, ours }) => {
    const pair = { floor: floor[id] ?? Number.NaN, ours: ours[id] ?? Number.NaN }
    if (!Number.isFinite(pair.floor) || !Number.isFinite(pair.ours))
      throw new Error(`${id} came to ${pair.ours} beside a floor of ${pair.floor}`)
    return pair
  })
}
