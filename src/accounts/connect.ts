import { randomBytes, randomUUID } from 'node:crypto'
import { type Account, createAccount } from '#db/accounts.ts'
import { recordPermissions, storeApiKey } from '#db/api-keys.ts'
import type { Db } from '#db/client.ts'
import type { DecimalText } from '../domain/decimal.ts'
import { messageOf, UserError } from '../errors.ts'
import { createGateway, unsupported } from '../exchange/gateway.ts'
import { loopbackOrigin } from '../exchange/route.ts'
import { openBooks } from '../orders/open-books.ts'
import type { KeyRing } from '../vault/key-ring.ts'
import { fingerprintOf, sealKey } from '../vault/seal.ts'
import type { VenueKey } from '../vault/sealed.ts'

/** What is needed to connect an account. */
export interface ConnectParts {
  /** Connected as bullpen_worker. */
  readonly db: Db
  readonly keys: KeyRing
  readonly simulatorUrl: () => Promise<string | undefined>
  readonly binanceUseTestnet?: boolean
}

/** The account that is wanted; `binance` and USDT are what most begin with. */
export type WantedAccount = Pick<Account, 'userId' | 'name' | 'exchange' | 'market' | 'mode' | 'quote'>

/**
 * Connects an account: the key is sealed and tried at the venue, one that may withdraw or not trade is refused, and the
 * books are opened with what the account holds. All or nothing.
 * @throws UserError that says what is in the way.
 */
export async function connectAccount(
  parts: ConnectParts,
  wanted: WantedAccount,
  key: VenueKey,
): Promise<Account> {
  const { db, keys } = parts
  const obstacle = unsupported(wanted)
  if (obstacle) throw new UserError(obstacle)
  const id = randomUUID()
  return db.transaction().execute(async (tx) => {
    const account = await createAccount(tx, { id, ...wanted })
    const stored = await storeApiKey(tx, {
      accountId: id,
      userId: wanted.userId,
      exchange: wanted.exchange,
      fingerprint: fingerprintOf(keys, wanted.exchange, key.apiKey),
      sealed: sealKey(keys, { userId: wanted.userId, accountId: id }, key),
    })
    if (!stored) throw new UserError('this API key belongs to an account already: one key, one account')
    const gateway = createGateway({ ...parts, db: tx })
    try {
      const venue = await gateway.account(id)
      const permissions = await venue.keyPermissions()
      if (permissions.canWithdraw)
        throw new UserError('this API key may withdraw: make one that may only read and trade')
      if (!permissions.canTrade)
        throw new UserError('this API key may not trade: allow trading for it at the venue')
      await recordPermissions(tx, id, permissions)
      await openBooks(tx, account, await venue.balances())
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
 * @throws UserError when no simulator is running.
 */
export async function openPaperAccount(
  parts: ConnectParts,
  wanted: Omit<WantedAccount, 'mode'>,
  balances: Readonly<Record<string, DecimalText>>,
): Promise<Account> {
  const url = await parts.simulatorUrl()
  if (url === undefined)
    throw new UserError(
      'no simulator is running, and a paper account trades there: start one (npm start, or npx bullpen simulator)',
    )
  const key = { apiKey: randomBytes(32).toString('hex'), secret: randomBytes(32).toString('hex') }
  const response = await fetch(new URL('/__sim/accounts', loopbackOrigin(url)), {
    method: 'POST',
    body: JSON.stringify({ venue: wanted.exchange, market: wanted.market, ...key, balances }),
  })
  if (!response.ok)
    throw new UserError(
      `the simulator refused the account: ${((await response.json()) as { error?: string }).error}`,
    )
  return connectAccount(parts, { ...wanted, mode: 'paper' }, key)
}
