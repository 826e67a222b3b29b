import { hkdfSync } from 'node:crypto'
import type { ConnectedConfig } from '../config.ts'

/** One version of SECRET_KEY. Nothing is ever encrypted or signed with the key itself, only with keys derived from it. */
export interface KeyVersion {
  /** A name that follows from the key and tells nothing about it: 8 hex characters. */
  readonly version: string
  /** 32 bytes for one purpose and one owner; the same arguments give the same bytes. */
  derive(purpose: string, owner: string): Buffer
}

/** SECRET_KEY and the keys it replaced: the current one seals, every one of them opens. */
export interface KeyRing {
  readonly current: KeyVersion
  readonly all: readonly KeyVersion[]
}

/** The ring of a SECRET_KEY and its predecessors, newest first. Throws on a key under 32 bytes. */
export function keyRing(current: string, previous: readonly string[] = []): KeyRing {
  const newest = keyVersion(current)
  return { current: newest, all: [newest, ...previous.map(keyVersion)] }
}

/** The ring of a process: SECRET_KEY, and those of SECRET_KEY_PREVIOUS. */
export function ringOf(config: Pick<ConnectedConfig, 'secretKey' | 'secretKeyPrevious'>): KeyRing {
  return keyRing(config.secretKey, config.secretKeyPrevious)
}

function keyVersion(secret: string): KeyVersion {
  if (Buffer.byteLength(secret) < 32) throw new RangeError('SECRET_KEY must have at least 32 bytes')
  const derived = new Map<string, Buffer>()
  const derive = (purpose: string, owner: string): Buffer => {
    const info = `bullpen/${purpose}/${owner}`
    const known = derived.get(info)
    if (known) return known
    const key = Buffer.from(hkdfSync('sha256', secret, 'bullpen', info, 32))
    derived.set(info, key)
    return key
  }
  return { version: derive('key-version', '').subarray(0, 4).toString('hex'), derive }
}
