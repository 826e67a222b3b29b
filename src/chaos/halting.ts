import { setTimeout as sleep } from 'node:timers/promises'
import type { Account } from '#db/accounts.ts'
import { orderHalt } from '#db/halt-orders.ts'
import type { HaltPlace } from '#db/halts.ts'
import { ensureSymbolHalt } from '#db/halts.ts'
import type { PeopleParts } from './people.ts'
import { oneOf, type Random, wholeBetween } from './random.ts'

/** Whoever lifts only what people have set knows it by this name. */
export const person = 'a person'

/**
 * Sets a halt somewhere, and lifts it after a few seconds. When setting it had returned, and when lifting it was begun, is
 * noted by the database's clock: no entry may be claimed in between.
 */
export async function haltForAWhile({
  db,
  journal,
  accounts,
  bases,
  next,
  tally,
  halted,
}: PeopleParts): Promise<void> {
  const account = oneOf(next, accounts)
  const place = placeOf(next, account, oneOf(next, bases))
  const name = `${place.scope} ${place.key}`
  if (halted.has(name)) return
  halted.add(name)
  const mode = place.scope === 'account' && next() < 0.3 ? 'flatten' : 'no_entries'
  if (place.scope === 'symbol') await ensureSymbolHalt(db, place.key)
  const order = { ...place, reason: 'chaos', by: person }
  await db.transaction().execute((tx) => orderHalt(tx, { ...order, mode }))
  const [halt] = await journal.query<{ id: string }>(
    'insert into chaos.halts (scope, key, set_at) values ($1, $2, clock_timestamp()) returning id',
    [place.scope, place.key],
  )
  tally.add('people', mode === 'flatten' ? 'halt that flattens' : `halt on ${place.scope}`)
  await sleep(wholeBetween(next, 500, 4_000))
  await journal.query('update chaos.halts set lifting_at = clock_timestamp() where id = $1', [halt?.id])
  await db.transaction().execute((tx) => orderHalt(tx, { ...order, mode: 'none' }))
  await journal.query(neverCount, [place.scope, place.key])
  halted.delete(name)
}

/** Automatic halts count from a halt's last change on: faults are what this is about, so they have nothing to count. */
const neverCount = `update halts set set_at = now() + interval '10 years' where scope = $1 and key = $2`

/** Mostly for one account: a halt for all lets nothing else be seen while it lasts. */
function placeOf(next: Random, { id: accountId, userId, exchange }: Account, base: string): HaltPlace {
  return oneOf<HaltPlace>(next, [
    { scope: 'account', key: accountId },
    { scope: 'account', key: accountId },
    { scope: 'account', key: accountId },
    { scope: 'user', key: userId },
    { scope: 'symbol', key: `${base}/USDT` },
    { scope: 'exchange', key: exchange },
    { scope: 'global', key: '*' },
  ])
}
