import { createCipheriv, createHmac, randomBytes } from 'node:crypto'
import type { KeyRing, KeyVersion } from './key-ring.ts'
import {
  bindingOf,
  type KeyField,
  type KeyOwner,
  type SealedBox,
  type SealedKey,
  sealingPurpose,
  type VenueKey,
} from './sealed.ts'

/** One exchange key under every SECRET_KEY, the current one first. */
export type Fingerprints = readonly [current: string, ...previous: string[]]

/** A key as it is kept: what opens for its owner alone, and what makes it recognisable. */
export interface KeptKey {
  readonly sealed: SealedKey
  readonly fingerprints: Fingerprints
}

/** Seals an exchange key for its account; what comes back holds no secret. */
export function sealFor(
  ring: KeyRing,
  owner: KeyOwner & { readonly exchange: string },
  key: VenueKey,
): KeptKey {
  return {
    sealed: sealKey(ring, owner, key),
    fingerprints: fingerprintsOf(ring, owner.exchange, key.apiKey),
  }
}

/** Seals an exchange key with AES-256-GCM under the current SECRET_KEY, bound to its tenant, account, version and field. */
export function sealKey(ring: KeyRing, owner: KeyOwner, key: VenueKey): SealedKey {
  const seal = (field: KeyField, text: string) => sealField(ring, owner, field, text)
  return {
    version: ring.current.version,
    apiKey: seal('apiKey', key.apiKey),
    secret: seal('secret', key.secret),
    ...(key.password !== undefined && { password: seal('password', key.password) }),
  }
}

/**
 * What makes one exchange key recognisable without telling it: one key belongs to one account (unique with its exchange).
 * It follows SECRET_KEY: the first is that of the current one and is stored, the others are what previous ones stored.
 */
export function fingerprintsOf(ring: KeyRing, exchange: string, apiKey: string): Fingerprints {
  const under = (key: KeyVersion) =>
    createHmac('sha256', key.derive('key-fingerprint', exchange)).update(apiKey).digest('hex')
  const [, ...previous] = ring.all
  return [under(ring.current), ...previous.map(under)]
}

function sealField(ring: KeyRing, owner: KeyOwner, field: KeyField, text: string): SealedBox {
  const { version } = ring.current
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', ring.current.derive(sealingPurpose, owner.accountId), iv)
  cipher.setAAD(bindingOf(owner, version, field))
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
  return {
    iv: iv.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    text: sealed.toString('base64'),
  }
}
