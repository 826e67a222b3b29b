import { z } from 'zod'

/** What an exchange hands its customer: `password` is the passphrase that some venues want beside the pair. */
export interface VenueKey {
  readonly apiKey: string
  readonly secret: string
  readonly password?: string
}

/** The fields of a key, each sealed on its own. */
export type KeyField = keyof VenueKey

/** Whose key it is. A sealed field opens for this owner alone. */
export interface KeyOwner {
  readonly userId: string
  readonly accountId: string
}

const box = z.object({ iv: z.base64(), tag: z.base64(), text: z.base64() })

/** A sealed key as `api_keys.sealed` stores it: the version of SECRET_KEY, and a box per field. */
export const sealedKey = z.object({
  version: z.string().regex(/^[0-9a-f]{8}$/),
  apiKey: box,
  secret: box,
  password: box.optional(),
})
export type SealedKey = z.infer<typeof sealedKey>
export type SealedBox = z.infer<typeof box>

/** What a box is bound to: moved to another row, field or key version it does not open. */
export function bindingOf(owner: KeyOwner, version: string, field: KeyField): Buffer {
  return Buffer.from(JSON.stringify([owner.userId, owner.accountId, version, field]))
}

/** The purpose under which the sealing key is derived from SECRET_KEY. */
export const sealingPurpose = 'api-keys'
