import type { Refusal } from '../../core/refusal.ts'
import type { Manners } from './manners.ts'

/** An error answer in the venue's words: 'EOrder:Insufficient funds'. It comes with HTTP 200. */
export class Failure extends Error {}

export const invalid = (name: string) => new Failure(`EGeneral:Invalid arguments:${name}`)
export const unknownPair = () => new Failure('EQuery:Unknown asset pair')
export const unknownAsset = () => new Failure('EQuery:Unknown asset')
export const unknownOrder = () => new Failure('EOrder:Unknown order')

/** What the venue says to a refused order; two of its texts are a matter of its manners. */
const refusals: Readonly<Record<Exclude<Refusal, 'duplicate-client-id' | 'quantity-small'>, string>> = {
  'insufficient-balance': 'EOrder:Insufficient funds',
  'insufficient-margin': 'EOrder:Insufficient margin',
  'reduce-only': 'EOrder:Reduce only:No position exists',
  'would-take': 'EOrder:Post only order',
  'would-trigger': 'EOrder:Invalid price',
  'price-tick': 'EOrder:Tick size check failed',
  'price-range': 'EOrder:Invalid price',
  'price-above': 'EOrder:Invalid price',
  'price-below': 'EOrder:Invalid price',
  'quantity-step': 'EGeneral:Invalid arguments:volume',
  'quantity-large': 'EGeneral:Invalid arguments:volume',
  'market-quantity': 'EGeneral:Invalid arguments:volume',
  notional: 'EOrder:Cost minimum not met',
  'position-limit': 'EOrder:Positions limit exceeded',
  'thin-book': 'EOrder:Positions limit exceeded',
}

/** The venue's answer to a refused order. */
export function refusal(reason: Refusal, { duplicateText, smallVolumeText }: Manners): Failure {
  if (reason === 'duplicate-client-id') return new Failure(duplicateText)
  return new Failure(reason === 'quantity-small' ? smallVolumeText : refusals[reason])
}
