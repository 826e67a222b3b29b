import type { Behaviour } from '../behaviour.ts'
import { holdings } from './holdings.ts'
import { ids } from './ids.ts'
import { keys } from './keys.ts'
import { kinds } from './kinds.ts'
import { lists } from './lists.ts'
import { orders } from './orders.ts'
import { refusals } from './refusals.ts'
import { stops } from './stops.ts'
import { streams } from './streams.ts'
import { times } from './times.ts'
import { troubles } from './troubles.ts'

/** The behaviours every venue shares, the unhappy ones first. */
export const behaviours: readonly Behaviour[] = [
  ...refusals,
  ...keys,
  ...troubles,
  ...times,
  ...ids,
  ...orders,
  ...kinds,
  ...stops,
  ...lists,
  ...holdings,
  ...streams,
]
