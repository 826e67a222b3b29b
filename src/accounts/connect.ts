import { randomBytes, randomUUID } from 'node:crypto'
import { request } from 'undici'
import { type Account, createAccount } from '#db/accounts.ts'
import { recordPermissions, storeApiKey } from '#db/api-keys.ts'
import type { Db } from '#db/client.ts'
import { letWait } from '#db/turn.ts'
import type { DecimalText } from '../domain/decimal.ts'
import { unsupported } from '../domain/venues.ts'
import { messageOf, UserError } from '../errors.ts'
import { createGateway } from '../exchange/gateway.ts'
import { directAgent } from '../exchange/public-agent.ts'
import { loopbackOrigin } from '../exchange/route.ts'
import { openBooks } from '../orders/open-books.ts'
import type { KeyRing } from '../vault/key-ring.ts'
import { type KeptKey, sealFor } from '../vault/seal.ts'
import type { VenueKey } from '../vault/sealed.ts'
import { autoConfigure } from './auto-config.ts'
import { requireUsable } from './usable-key.ts'

/** What is needed to connect an account. */
export interface ConnectParts {
  /** Connected as bullpen_worker. */
  readonly db: Db
  readonly keys: KeyRing
  readonly simulatorUrl: () => Promise<string | undefined>
  readonly binanceUseTestnet?: boolean
}

/** The account that is wanted; `binance` and USDT are what most begin with. Its id is made up when it has none. */
export type WantedAccount = Pick<Account, 'userId' | 'name' | 'exchange' | 'market' | 'mode' | 'quote'> & {
  readonly id?: string
}

/**
 * Connects an account: the key is sealed and tried at the venue, one that may withdraw or not trade is refused, and the
 * books are opened with what the account holds; with auto_config on, its balance picks a preset. All or nothing.
 * @throws UserError that says what is in the way.
 */
export async function connectAccount(
  parts: ConnectParts,
  wanted: WantedAccount,
  key: VenueKey,
): Promise<Account> {
  const id = wanted.id ?? randomUUID()
  const owner = { userId: wanted.userId, accountId: id }
  return connectSealed(parts, { ...wanted, id }, sealFor(parts.keys, { ...owner, ...wanted }, key))
}

/** Connects an account whose key was sealed for its id already; otherwise as `connectAccount`. */
export async function connectSealed(
  parts: ConnectParts,
  wanted: WantedAccount & { readonly id: string },
  key: KeptKey,
): Promise<Account> {
  const { db } = parts
  const obstacle = unsupported(wanted)
  if (obstacle) throw new UserError(obstacle)
  const { id, userId, exchange } = wanted
  return db.transaction().execute(async (tx) => {
    await letWait(tx)
    const account = await createNamed(tx, wanted)
    const stored = await storeApiKey(tx, { accountId: id, userId, exchange, ...key })
    if (!stored) throw new UserError('this API key belongs to an account already: one key, one account')
    const gateway = createGateway({ ...parts, db: tx })
    try {
      const venue = await gateway.account(id)
      const permissions = await venue.keyPermissions()
      requireUsable(permissions)
      await recordPermissions(tx, id, permissions)
      const balances = await venue.balances()
      await openBooks(tx, account, balances)
      await autoConfigure(tx, account, balances)
    } catch (error) {
      if (error instanceof UserError) throw error
      throw new UserError(`the venue does not take this key: ${messageOf(error)}`, { cause: error })
    } finally {
      await gateway.close()
    }
    return account
  })
}

/**
 * Makes a paper account: an account of its own at the simulator with these balances, connected like any other.
 * @throws UserError when no simulator is running, and for what is in the way of any account.
 */
export async function openPaperAccount(
  parts: ConnectParts,
  wanted: Omit<WantedAccount, 'mode'>,
  balances: Readonly<Record<string, DecimalText>>,
): Promise<Account> {
  const obstacle = unsupported(wanted)
  if (obstacle) throw new UserError(obstacle)
  const url = await parts.simulatorUrl()
  if (url === undefined)
    throw new UserError(
      'no simulator is running, and a paper account trades there: start one (npm start, or npx bullpen simulator)',
    )
  const key = { apiKey: randomBytes(32).toString('hex'), secret: randomBytes(32).toString('hex') }
  await createAtSimulator(url, { venue: wanted.exchange, market: wanted.market, ...key, balances })
  return connectAccount(parts, { ...wanted, mode: 'paper' }, key)
}

/** A name that the user has given already is the user's to change. */
async function createNamed(tx: Db, account: Parameters<typeof createAccount>[1]): Promise<Account> {
  try {
    return await createAccount(tx, account)
  } catch (error) {
    const isNameTaken = (error as { constraint?: unknown }).constraint === 'accounts_user_id_name_key'
    if (!isNameTaken) throw error
    throw new UserError(`there is an account called ${account.name} already: choose another name`, {
      cause: error,
    })
  }
}

/** Past the proxies of the environment: the key is for this machine alone. */
async function createAtSimulator(url: string, seed: object): Promise<void> {
  const path = new URL('/__sim/accounts', loopbackOrigin(url))
  const options = { method: 'POST', body: JSON.stringify(seed), dispatcher: directAgent } as const
  const { statusCode, body } = await request(path, options).catch((error: unknown) => {
    throw new UserError(`the simulator at ${path.origin} does not answer: ${messageOf(error)}`, {
      cause: error,
    })
  })
  if (statusCode === 200) return void (await body.dump())
  const { error } = (await body.json()) as { error?: string }
  throw new UserError(`the simulator refused the account: ${error}`)
}
