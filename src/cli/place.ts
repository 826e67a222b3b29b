import { Option } from 'commander'
import { z } from 'zod'
import type { Db } from '#db/client.ts'
import { type HaltPlace, type HaltScope, haltScopes } from '#db/halts.ts'
import { UserError } from '../errors.ts'

const everything = '*'

/** What `--scope` and `--key` say. */
export interface PlaceOptions {
  readonly scope: HaltScope
  readonly key: string
}

/** A place of halts and close-alls, and how people call it: 'user ada@example.com'. */
export interface NamedPlace extends HaltPlace {
  readonly name: string
}

/** `--scope`: everything, unless said. */
export function scopeOption(): Option {
  return new Option('--scope <scope>', 'what it covers').choices(haltScopes).default('global')
}

/** `--key`: which one of that scope. */
export const keyOption = [
  '--key <key>',
  'which exchange, user (e-mail or id), account (id) or symbol (BTC/USDT)',
  everything,
] as const

/** Finds what the options name, and makes sure that it has its halt row. Throws UserError when there is no such thing. */
export async function placeNamed(db: Db, { scope, key }: PlaceOptions): Promise<NamedPlace> {
  if ((scope === 'global') !== (key === everything))
    throw new UserError(
      scope === 'global'
        ? 'everything takes no --key; to name a part of it, give --scope too'
        : `--scope ${scope} needs --key`,
    )
  switch (scope) {
    case 'global':
      return { scope, key: everything, name: 'everything' }
    case 'exchange':
      return exchangeNamed(db, key)
    case 'user':
      return userNamed(db, key)
    case 'account':
      return accountNamed(db, key)
    case 'symbol':
      return symbolNamed(db, key)
  }
}

async function exchangeNamed(db: Db, key: string): Promise<NamedPlace> {
  const { haltableExchanges } = await import('#db/halts.ts')
  const known = await haltableExchanges(db)
  const name = key.toLowerCase()
  if (!known.includes(name)) throw new UserError(`there is no exchange ${key}: there are ${known.join(', ')}`)
  return { scope: 'exchange', key: name, name: `exchange ${name}` }
}

async function userNamed(db: Db, key: string): Promise<NamedPlace> {
  const { findUser, findUserByEmail } = await import('#db/users.ts')
  const { ensureUserHalt } = await import('#db/halts.ts')
  const user = isId(key) ? await findUser(db, key) : await findUserByEmail(db, key)
  if (!user) throw new UserError(`there is no user ${key}: npx bullpen user list`)
  await ensureUserHalt(db, user.id)
  return { scope: 'user', key: user.id, name: `user ${user.email}` }
}

async function accountNamed(db: Db, key: string): Promise<NamedPlace> {
  const { findAccount } = await import('#db/accounts.ts')
  const account = isId(key) ? await findAccount(db, key) : undefined
  if (!account) throw new UserError(`there is no account ${key}: npx bullpen account list`)
  return { scope: 'account', key: account.id, name: `account ${account.name} (${account.id})` }
}

/** A pair that nothing here trades is a slip of the pen, and a halt on it would stop nothing. */
async function symbolNamed(db: Db, key: string): Promise<NamedPlace> {
  const { symbolKey } = await import('#db/halts.ts')
  const { isKnownPair } = await import('#db/signals.ts')
  const pair = symbolKey(key.toUpperCase())
  if (!/^[A-Z0-9]+\/[A-Z0-9]+$/.test(pair))
    throw new UserError(`${key} is not a symbol such as BTC/USDT, which covers spot and futures`)
  if (!(await isKnownPair(db, pair)))
    throw new UserError(`there is no symbol ${pair} here: no signal and no position names it`)
  return { scope: 'symbol', key: pair, name: `symbol ${pair}` }
}

const isId = (text: string) => z.uuid().safeParse(text).success
