import { sealedKeys } from '#db/api-keys.ts'
import type { Db } from '#db/client.ts'
import type { KeyRing } from '../vault/key-ring.ts'
import { sealedUnder } from '../vault/reseal.ts'
import { type Check, Ill } from './check.ts'

/** Accounts that are told one by one; of more it is said how many. */
const mostNamed = 5

/** Whether every key can be opened, and whether any still needs a previous SECRET_KEY for it. */
export function secretKeyCheck(db: Db, keys: KeyRing): Check {
  return { id: 'secret-key', examine: () => examine(db, keys) }
}

async function examine(db: Db, keys: KeyRing): Promise<string> {
  const seen = (await sealedKeys(db)).map((key) => ({ ...key, under: sealedUnder(keys, key, key.sealed) }))
  const waiting = seen.filter(({ under }) => under === 'previous').length
  const lost = seen.filter(({ under }) => under === 'none')
  const detail = sealingOf(seen.length, waiting, keys.all.length > 1)
  if (lost.length === 0) return detail
  const said = lost.slice(0, mostNamed).map(({ name, accountId }) => `${name} (${accountId})`)
  if (lost.length > said.length) said.push(`and ${lost.length - said.length} more accounts`)
  throw new Ill(
    `no SECRET_KEY opens the key of ${said.join(', ')}${waiting > 0 ? `; ${detail}` : ''}`,
    'Put the key that sealed them into SECRET_KEY_PREVIOUS, or other keys in their place: npx bullpen account rotate ID',
  )
}

function sealingOf(count: number, waiting: number, hasPrevious: boolean): string {
  if (waiting > 0)
    return `${waiting} of ${count} keys are sealed under a previous SECRET_KEY until their daily check: SECRET_KEY_PREVIOUS stays`
  const all = `all ${count} keys are sealed under the current SECRET_KEY`
  return hasPrevious ? `${all}: none needs SECRET_KEY_PREVIOUS` : all
}
