import { type Account, accountOrThrow } from '#db/accounts.ts'
import { findSealedKey } from '#db/api-keys.ts'
import type { Db } from '#db/client.ts'
import type { Exchange, Market, Mode } from '../domain/market.ts'
import { OrderRejected, VenueUnavailable } from '../errors.ts'
import type { KeyRing } from '../vault/key-ring.ts'
import { KeyNotOpened, openKey } from '../vault/open.ts'
import type { VenueKey } from '../vault/sealed.ts'
import { type AccountStream, openAccountStream, type StreamNews } from './account-stream.ts'
import { type Connection, openConnection } from './connection.ts'
import type { VenueSettings } from './holding-calls.ts'
import { directRoute, simulatorRoute } from './route.ts'
import type { SignedConnection } from './signed-connection.ts'
import { inSigningTurns } from './signing-turns.ts'
import { enforcesLimits } from './simulator-limits.ts'
import { untilReplaced } from './until-replaced.ts'
import { type VenueAccount, venueAccount } from './venue-account.ts'
import { venueBudgets } from './venue-budgets.ts'
import { cardsOrThrow } from './venue-cards.ts'
import { venuePauses } from './venue-pauses.ts'
import { withinBudget } from './within-budget.ts'

/** How long an opened key is used before its row is read again; one that is refused is read again at once. */
const keyFreshMs = 60_000

/** What the gateway needs of its process. */
export interface GatewayParts {
  readonly db: Db
  readonly keys: KeyRing
  /** Where the simulator is reached; undefined while none is alive. Asked whenever a connection is opened. */
  readonly simulatorUrl: () => Promise<string | undefined>
  /** BINANCE_USE_TESTNET: live Binance accounts go to its testnet. */
  readonly binanceUseTestnet?: boolean
  /** Whether requests are counted against the venues' limits together with all who do so; not within a transaction. */
  readonly sharesBudgets?: boolean
  readonly wallNow?: () => number
}

/** The one door to the venues: accounts by id, each signing with its own key. */
export interface Gateway {
  /**
   * An account at its venue. Throws VenueUnavailable while the venue cannot be reached, OrderRejected (invalid-key) when
   * the account's key is missing or cannot be opened.
   */
  account(accountId: string): Promise<VenueAccount>
  /**
   * Listens to an account's orders, fills and balances until closed. Throws like `account`. What is told proves nothing, and
   * may come twice or not at all.
   */
  listen(accountId: string, tell: (news: StreamNews) => void): Promise<AccountStream>
  close(): Promise<void>
}

/** An account with the connection it goes over. */
interface Opened {
  readonly venue: VenueAccount
  readonly signed: SignedConnection
  readonly over: Connection
}

function placeOf(exchange: Exchange, market: Market, mode: Mode): string {
  return `${exchange} ${market} ${mode}`
}

/** A gateway for one process. Keys are opened here and nowhere else, and never leave. */
export function createGateway(parts: GatewayParts): Gateway {
  const wallNow = parts.wallNow ?? Date.now
  const connections = new Map<string, Promise<Connection>>()
  const accounts = new Map<string, { opened: Promise<Opened>; at: number }>()
  const settings = new Map<string, VenueSettings>()
  const pauses = venuePauses(parts.db)
  const budgets = parts.sharesBudgets === true ? venueBudgets(parts.db) : undefined

  async function connect(exchange: Exchange, market: Market, mode: Mode): Promise<Connection> {
    const cards = cardsOrThrow({ exchange, market, mode })
    if (mode !== 'paper')
      return openConnection({ ...cards, mode, route: directRoute(), isLimited: true, wallNow })
    const url = await parts.simulatorUrl()
    if (url === undefined)
      throw new VenueUnavailable('no simulator is running: paper accounts wait for one', {
        advice: 'start the simulator',
      })
    const isLimited = budgets !== undefined && (await enforcesLimits(url))
    return openConnection({ ...cards, mode, route: simulatorRoute(url), isLimited, wallNow })
  }

  /** The shared connection of a venue's market; opened again after it was lost. */
  async function connection(exchange: Exchange, market: Market, mode: Mode): Promise<Connection> {
    const name = placeOf(exchange, market, mode)
    const known = connections.get(name)
    if (known) {
      const open = await known.catch(() => undefined)
      if (open && !open.isLost()) return open
      if (connections.get(name) === known) {
        connections.delete(name)
        void open?.close()
      }
    }
    const opening = connections.get(name) ?? connect(exchange, market, mode)
    connections.set(name, opening)
    opening.catch(() => connections.get(name) === opening && connections.delete(name))
    return opening
  }

  async function open(accountId: string): Promise<Opened> {
    const account = await accountOrThrow(parts.db, accountId)
    const sealed = await findSealedKey(parts.db, accountId)
    const key = keyOf(account, sealed)
    const { exchange, market } = account
    const mode = modeOf(account)
    const place = placeOf(exchange, market, mode)
    await pauses.requireOpen(place, accountId)
    const over = await connection(exchange, market, mode)
    const known = settings.get(accountId) ?? { isSet: false, leverage: new Map() }
    settings.set(accountId, known)
    const isReplaced = async () =>
      JSON.stringify(await findSealedKey(parts.db, accountId)) !== JSON.stringify(sealed)
    const signing = untilReplaced(inSigningTurns(over, parts.db, accountId), isReplaced, () =>
      accounts.delete(accountId),
    )
    const kept = pauses.kept(signing, place, accountId)
    const signed = {
      account,
      connection: budgets && over.isLimited ? withinBudget(kept, budgets, { place, accountId }) : kept,
      client: over.clientFor(key),
      wallNow,
    }
    return { venue: venueAccount(signed, known), signed, over }
  }

  function keyOf({ id, userId }: Account, sealed: unknown): VenueKey {
    const refusal = (reason: string, cause?: unknown) =>
      new OrderRejected(reason, { code: 'invalid-key', advice: 'connect the key again', cause })
    if (sealed === undefined) throw refusal(`account ${id} has no API key`)
    try {
      return openKey(parts.keys, { userId, accountId: id }, sealed)
    } catch (error) {
      if (error instanceof KeyNotOpened) throw refusal(error.message, error)
      throw error
    }
  }

  function modeOf(account: Account): Mode {
    const isMoved =
      parts.binanceUseTestnet === true && account.exchange === 'binance' && account.mode === 'live'
    return isMoved ? 'testnet' : account.mode
  }

  return {
    async account(accountId) {
      const known = accounts.get(accountId)
      if (known && wallNow() - known.at < keyFreshMs) {
        const open = await known.opened.catch(() => undefined)
        if (open && !open.over.isLost()) return open.venue
      }
      const opened = open(accountId)
      accounts.set(accountId, { opened, at: wallNow() })
      return (await opened).venue
    },
    async listen(accountId, tell) {
      const { connection: own, client } = (await open(accountId)).signed
      return openAccountStream(own, client, tell)
    },
    async close() {
      const open = await Promise.allSettled(connections.values())
      await Promise.all(open.map((one) => (one.status === 'fulfilled' ? one.value.close() : undefined)))
      connections.clear()
      accounts.clear()
    },
  }
}
