import type { KeyRing } from './key-ring.ts'
import { KeyNotOpened, openKey } from './open.ts'
import { fingerprintsOf, sealKey } from './seal.ts'
import type { KeyOwner, SealedKey } from './sealed.ts'

/** Which SECRET_KEY opens a sealed key: the current one, a previous one, or none that is configured. */
export type SealedUnder = 'current' | 'previous' | 'none'

/** Tries what is stored as an account's key; what it opens stays here. */
export function sealedUnder(ring: KeyRing, owner: KeyOwner, sealed: unknown): SealedUnder {
  const opens = (keys: KeyRing) => {
    try {
      openKey(keys, owner, sealed)
      return true
    } catch (error) {
      if (error instanceof KeyNotOpened) return false
      throw error
    }
  }
  if (opens({ ...ring, all: [ring.current] })) return 'current'
  return opens(ring) ? 'previous' : 'none'
}

/**
 * Seals anew under the current SECRET_KEY what a previous one sealed; undefined when there is nothing to do, or nothing
 * opens it. The key itself does not leave.
 */
export function reseal(
  ring: KeyRing,
  owner: KeyOwner & { readonly exchange: string },
  sealed: unknown,
): { readonly sealed: SealedKey; readonly fingerprint: string } | undefined {
  if (sealedUnder(ring, owner, sealed) !== 'previous') return undefined
  const key = openKey(ring, owner, sealed)
  const [fingerprint] = fingerprintsOf(ring, owner.exchange, key.apiKey)
  return { sealed: sealKey(ring, owner, key), fingerprint }
}
