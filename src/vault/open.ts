import { createDecipheriv } from 'node:crypto'
import type { KeyRing, KeyVersion } from './key-ring.ts'
import {
  bindingOf,
  type KeyField,
  type KeyOwner,
  type SealedBox,
  sealedKey,
  sealingPurpose,
  type VenueKey,
} from './sealed.ts'

/** The sealed key of an account cannot be opened: SECRET_KEY has changed, or the row is not the one that was sealed. */
export class KeyNotOpened extends Error {
  override readonly name = 'KeyNotOpened'
}

/**
 * Opens an account's key. Only the exchange gateway, inside workers, imports this.
 * @throws KeyNotOpened when no key version fits or the row was tampered with; the message holds no secret.
 */
export function openKey(ring: KeyRing, owner: KeyOwner, sealed: unknown): VenueKey {
  const parsed = sealedKey.safeParse(sealed)
  if (!parsed.success)
    throw new KeyNotOpened(`the sealed key of account ${owner.accountId} has an unknown shape`)
  const { version, apiKey, secret, password } = parsed.data
  const sealedBy = ring.all.find((key) => key.version === version)
  if (!sealedBy)
    throw new KeyNotOpened(
      `the key of account ${owner.accountId} was sealed under SECRET_KEY version ${version}, which is not configured`,
    )
  const open = (field: KeyField, box: SealedBox) => openField(sealedBy, owner, field, box)
  return {
    apiKey: open('apiKey', apiKey),
    secret: open('secret', secret),
    ...(password && { password: open('password', password) }),
  }
}

function openField(key: KeyVersion, owner: KeyOwner, field: KeyField, box: SealedBox): string {
  try {
    const decipher = createDecipheriv(
      'aes-256-gcm',
      key.derive(sealingPurpose, owner.accountId),
      Buffer.from(box.iv, 'base64'),
      { authTagLength: 16 },
    )
    decipher.setAAD(bindingOf(owner, key.version, field))
    decipher.setAuthTag(Buffer.from(box.tag, 'base64'))
    return Buffer.concat([decipher.update(Buffer.from(box.text, 'base64')), decipher.final()]).toString(
      'utf8',
    )
  } catch {
    throw new KeyNotOpened(
      `field ${field} of the key of account ${owner.accountId} is not what was sealed there`,
    )
  }
}
