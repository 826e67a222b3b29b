import type { Account } from '../../core/account.ts'

/** What the venue's documents leave open. */
export interface Manners {
  /** Whether an id is free again once its order has ended. */
  readonly reusesIds: boolean
  readonly duplicateText: string
  /** Whether the answer to an order repeats the client's id. */
  readonly namesOrders: boolean
  /** Whether a deadline less than two seconds ahead is refused, which the documents give as the least. */
  readonly refusesShortDeadlines: boolean
  readonly smallVolumeText: string
}

/** Lenient takes an id again after its order has ended, as documented; strict never does. */
const manners: Readonly<Record<'lenient' | 'strict', Manners>> = {
  lenient: {
    reusesIds: true,
    duplicateText: 'EOrder:cl_ord_id already in use',
    namesOrders: true,
    refusesShortDeadlines: false,
    smallVolumeText: 'EOrder:Order minimum not met',
  },
  strict: {
    reusesIds: false,
    duplicateText: 'EGeneral:Invalid arguments:cl_ord_id',
    namesOrders: false,
    refusesShortDeadlines: true,
    smallVolumeText: 'EGeneral:Invalid arguments:volume minimum not met',
  },
}

/** How the venue treats an account: lenient, unless the account's setting `rules` says strict. */
export function mannersOf({ settings }: Account): Manners {
  return manners[settings.get('rules') === 'strict' ? 'strict' : 'lenient']
}
