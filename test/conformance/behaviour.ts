import type { Fact, Feature, Place } from './place.ts'
import type { Stage } from './stage.ts'

/** One behaviour that every venue and market has; where one differs, the table says how, and on which fact that rests. */
export interface Behaviour {
  readonly name: string
  run(stage: Stage): Promise<void>
  /** What it needs of a place, and what is true where that is lacking. */
  readonly needs?: { readonly feature: Feature; without(stage: Stage): Promise<void> }
  /** Where a venue does it another way. */
  readonly elsewhere?: Readonly<Record<string, Difference>> // by 'kraken spot'
  /** Switches of the account it is played with. */
  readonly balances?: Readonly<Record<string, string>> // a million USDT
  readonly settings?: Readonly<Record<string, string>>
}

/** How a place does a thing in its own way. */
export interface Difference {
  readonly fact: Fact
  run(stage: Stage): Promise<void>
}

/** What is played at a place: the behaviour, or the place's own way with the fact that excuses it. */
export function castOf(
  behaviour: Behaviour,
  place: Place,
  placeName: string,
): { readonly run: Behaviour['run']; readonly fact?: Fact } {
  const own = behaviour.elsewhere?.[placeName]
  if (own !== undefined) return own
  const { needs } = behaviour
  const fact = needs && place.lacks[needs.feature]
  return needs && fact !== undefined ? { run: needs.without, fact } : { run: behaviour.run }
}
