import { setTimeout as sleep } from 'node:timers/promises'
import { heardAccounts } from '#db/account-streams.ts'
import { type Account, openAccounts } from '#db/accounts.ts'
import type { Db } from '#db/client.ts'
import { hasOpening } from '#db/ledger.ts'
import { reconciliationOf } from '#db/reconciliations.ts'
import { messageOf } from '../errors.ts'
import type { FeedPlace } from '../exchange/feeds.ts'
import type { Gateway } from '../exchange/gateway.ts'
import type { MarketFeed } from '../exchange/market-feed.ts'
import { compareBooks, type Difference, differenceText } from '../orders/books.ts'
import { intervalOf } from '../orders/reconcile/interval.ts'
import { type Check, Ill } from './check.ts'

/** A fill that is being booked makes the books differ for a moment; a difference that stays this long is real. */
const looks = { count: 5, apartMs: 1_000 }

/** Accounts that are asked about at the same time. */
const atOnce = 4
/** Accounts that are told one by one; of more it is said how many. */
const mostNamed = 5

/** Every venue in use answers, every key still trades and may not withdraw, and the books agree with the venue. */
export function venueChecks(parts: {
  readonly db: Db
  readonly gateway: Gateway
  feedOf(place: FeedPlace): MarketFeed
}): Check[] {
  return [
    { id: 'venues', examine: () => venues(parts) },
    { id: 'keys', examine: () => keys(parts) },
    { id: 'books', examine: () => books(parts) },
    { id: 'reconcile', examine: () => reconciling(parts.db) },
  ]
}

async function venues({ db, feedOf }: Parameters<typeof venueChecks>[0]): Promise<string> {
  const places = new Map<string, FeedPlace>()
  for (const account of await openAccounts(db))
    places.set(`${account.exchange} ${account.market} ${account.mode}`, account)
  for (const place of places.values()) await feedOf(place).prices()
  return places.size === 0 ? 'no account yet' : `${[...places.keys()].join(', ')} answer`
}

async function keys({ db, gateway }: Parameters<typeof venueChecks>[0]): Promise<string> {
  const examined = await examineAccounts(await openAccounts(db), async ({ id, name }) => {
    const permissions = await (await gateway.account(id)).keyPermissions()
    if (permissions.canWithdraw)
      throw new Ill(`the key of ${name} (${id}) may withdraw`, 'Take that permission away at the venue.')
    if (!permissions.canTrade)
      throw new Ill(`the key of ${name} (${id}) may not trade`, 'Allow trading for it at the venue.')
  })
  return `${examined} keys trade and may not withdraw`
}

async function books({ db, gateway }: Parameters<typeof venueChecks>[0]): Promise<string> {
  const examined = await examineAccounts(await openAccounts(db), async ({ id, name }) => {
    if (!(await hasOpening(db, id)))
      throw new Ill(
        `the books of ${name} (${id}) are not opened`,
        'Connect the account again: npx bullpen account add',
      )
    const differences = await lastingDifferences(db, id, gateway)
    if (differences.length > 0)
      throw new Ill(
        `the books of ${name} (${id}) and its venue differ: ${differences.map(differenceText).join('; ')}`,
        'Compare the account with the venue before anything else is changed.',
      )
  })
  return `the books of ${examined} accounts agree with their venues to the last decimal`
}

/** Examines every account, a few at a time, and returns how many. Throws one Ill that names those which are not well. */
async function examineAccounts(
  accounts: readonly Account[],
  examine: (account: Account) => Promise<void>,
): Promise<number> {
  const ills: Ill[] = []
  for (let from = 0; from < accounts.length; from += atOnce)
    await Promise.all(
      accounts.slice(from, from + atOnce).map((account) =>
        examine(account).catch((error: unknown) => {
          const { name, id } = account
          const text = `${name} (${id}): ${messageOf(error)}`
          ills.push(error instanceof Ill ? error : new Ill(text, 'See the log of the part that is asked.'))
        }),
      ),
    )
  if (ills.length === 0) return accounts.length
  const said = ills.slice(0, mostNamed).map(({ message }) => message)
  const unsaid = ills.length - said.length
  if (unsaid > 0) said.push(`and ${unsaid} more accounts`)
  throw new Ill(said.join('; '), [...new Set(ills.map(({ advice }) => advice))].join(' '))
}

/** How often accounts are compared with their venues, and whether that goes through. */
async function reconciling(db: Db): Promise<string> {
  const accounts = await openAccounts(db)
  const heard = await heardAccounts(db)
  const intervals = new Map<string, number>()
  for (const account of accounts) {
    const { exchange, market, mode } = account
    const everyMs = intervalOf(account, accounts, heard)
    intervals.set(`${exchange} ${market} ${mode}`, everyMs)
    const { staleSince, nowMs } = await reconciliationOf(db, account.id)
    if (staleSince !== null && nowMs - staleSince.getTime() > 3 * everyMs)
      throw new Ill(
        `what the venue says of ${account.name} (${account.id}) cannot be believed since ${staleSince.toISOString()}`,
        'Compare the account with the venue: the audit log says what is missing.',
      )
  }
  const texts = [...intervals].map(([place, everyMs]) => `${place} every ${everyMs / 1_000} s`)
  return texts.length === 0
    ? 'no account yet'
    : `accounts are compared with their venues: ${texts.join(', ')}`
}

async function lastingDifferences(db: Db, accountId: string, gateway: Gateway): Promise<Difference[]> {
  for (let look = 1; ; look += 1) {
    const differences = await compareBooks(db, accountId, gateway)
    if (differences.length === 0 || look === looks.count) return differences
    await sleep(looks.apartMs)
  }
}
