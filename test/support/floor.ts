import { randomUUID } from 'node:crypto'
import { afterAll } from 'vitest'
import { type Account, createAccount } from '#db/accounts.ts'
import { storeApiKey } from '#db/api-keys.ts'
import type { Db } from '#db/client.ts'
import type { Order } from '#db/orders.ts'
import { wallClock } from '#src/clock.ts'
import type { Decision } from '#src/domain/entries/decision.ts'
import { type ExitRules, exitRulesFor } from '#src/domain/exits/exit-rules.ts'
import type { Exchange } from '#src/domain/market.ts'
import { roundPrice } from '#src/domain/market-filters.ts'
import type { Side } from '#src/domain/side.ts'
import { resolveSettings } from '#src/domain/trading-settings.ts'
import { openFeeds } from '#src/exchange/feeds.ts'
import { createGateway, type Gateway } from '#src/exchange/gateway.ts'
import { createLog } from '#src/log.ts'
import { openBooks } from '#src/orders/open-books.ts'
import type { OrderDesk } from '#src/orders/order-desk.ts'
import { type EntryPlan, planEntry } from '#src/orders/plan.ts'
import type { MarketClock } from '#src/simulator/clock.ts'
import { type Simulator, startSimulator } from '#src/simulator/simulator.ts'
import { syntheticTape } from '#src/simulator/tape/synthetic.ts'
import type { Tape } from '#src/simulator/tape/tape.ts'
import { keyRing } from '#src/vault/key-ring.ts'
import { fingerprintsOf, sealKey } from '#src/vault/seal.ts'
import { type TestDatabase, testDatabase } from './database.ts'

export const secretKey = 'a key for tests, of thirty-two bytes or more'
export const keys = keyRing(secretKey)

/** An account on the simulator with what it trades by. */
export interface Trader {
  readonly account: Account
  readonly apiKey: string
  readonly secret: string
  /** 'BTC/USDT', or its perpetual. */
  symbol(base: string): string
}

/** A database, a simulator, and the order path between them over real HTTP. */
export interface Floor {
  readonly database: TestDatabase
  readonly db: Db
  readonly simulator: Simulator
  readonly gateway: Gateway
  readonly desk: OrderDesk
  /** Where the gateway looks for the simulator: a test may put a proxy there. */
  route: { url: string | undefined }
  /** Another worker's desk on the same database. */
  deskOf(workerId: string): OrderDesk
  trader(options: {
    readonly market: 'spot' | 'futures'
    readonly exchange?: Exchange // binance
    /** The venue's own switches of the account. */
    readonly settings?: Readonly<Record<string, string>>
    readonly balances?: Readonly<Record<string, string>>
    /** Pays fees in BNB. */
    readonly paysInBnb?: boolean
    /** Its key may withdraw, which no account would have been connected with. */
    readonly mayWithdraw?: boolean
  }): Promise<Trader>
  /** A live signal and a taken decision on it; the planned entry's order id. */
  enter(trader: Trader, wish: EntryWish): Promise<string>
}

/** An entry that a decision took. */
export interface EntryWish {
  readonly base: string
  readonly quantity: string
  readonly side?: Side
  readonly leverage?: number
  readonly signalLeftMs?: number
  readonly signalId?: string
  readonly rules?: Partial<ExitRules>
  /** A limit order so far from the price: 0.97 is 3 % below. Market without. */
  readonly limitAt?: number
  /** For how long the limit order rests, and what follows. */
  readonly rests?: EntryPlan['rests']
}

/** Opens a floor for the calling test file; everything is closed after it. */
export async function openFloor(
  options: {
    readonly tape?: Tape
    readonly clock?: MarketClock
    /** The venue has limits, and the gateway keeps to them as a worker's does. */
    readonly enforceLimits?: boolean
  } = {},
): Promise<Floor> {
  const database = await testDatabase()
  const db = database.db()
  const simulator = await startSimulator({
    tape: options.tape ?? syntheticTape(7, Date.now()),
    ...(options.clock && { clock: options.clock }),
    enforceLimits: options.enforceLimits ?? false,
  })
  const route: Floor['route'] = { url: simulator.url }
  const simulatorUrl = async () => route.url
  const gateway = createGateway({ db, keys, simulatorUrl, sharesBudgets: true })
  // What a trader starts with is read straight from the simulator, whatever lies in the orders' way.
  const straight = createGateway({ db, keys, simulatorUrl: async () => simulator.url })
  // Prices come straight from the simulator, whatever lies in the orders' way.
  const clock = options.clock ?? wallClock
  const marketNow = () => clock.marketNow()
  const feedOf = openFeeds({ simulatorUrl: async () => simulator.url, marketNow, speed: 1 })
  const deskOf = (workerId: string): OrderDesk => ({
    db,
    gateway,
    feedOf,
    keys,
    clock,
    log: createLog({ level: 'silent', role: 'test' }),
    workerId,
    config: { monitorShards: 4, replaySpeed: 1 },
  })
  afterAll(async () => {
    await gateway.close()
    await straight.close()
    await simulator.stop()
  })

  async function trader(options: Parameters<Floor['trader']>[0]): Promise<Trader> {
    const { market, balances = { USDT: '1000000' }, paysInBnb = false, mayWithdraw = false } = options
    const { exchange = 'binance' } = options
    const userId = randomUUID()
    await database.query(
      `insert into auth."user" (id, name, email, "emailVerified") values ($1, 'trader', $2, true)`,
      [userId, `${userId}@example.test`],
    )
    const apiKey = `key-${userId}`
    // Kraken's secrets are base64, the others' any text.
    const secret = Buffer.from(`secret-${userId}`).toString('base64')
    const settings: Record<string, string> = {
      ...options.settings,
      ...(paysInBnb && { bnbBurn: 'true', feeBurn: 'true' }),
      ...(mayWithdraw && { enableWithdrawals: 'true' }),
    }
    simulator.addAccount({ venue: exchange, market, apiKey, secret, balances, settings })
    const account = await createAccount(db, {
      userId,
      name: market,
      exchange,
      market,
      mode: 'paper',
      quote: 'USDT',
    })
    const owner = { userId, accountId: account.id }
    const sealed = sealKey(keys, owner, { apiKey, secret })
    await storeApiKey(db, {
      ...owner,
      exchange,
      fingerprints: fingerprintsOf(keys, exchange, apiKey),
      sealed,
    })
    const venue = await straight.account(account.id)
    await openBooks(db, account, await venue.balances())
    return {
      account,
      apiKey,
      secret,
      symbol: (base) => (market === 'spot' ? `${base}/USDT` : `${base}/USDT:USDT`),
    }
  }

  async function enter({ account, symbol }: Trader, wish: EntryWish): Promise<string> {
    const { base, quantity, side = 'long', leverage = 1, signalLeftMs = 60_000 } = wish
    const feed = feedOf(account)
    const filters = await feed.filters(symbol(base))
    if (!filters) throw new Error(`${symbol(base)} is not listed`)
    const price = (await feed.prices()).get(symbol(base)) ?? 1
    const signalId = wish.signalId ?? (await addSignal(database, base, side))
    const settings = resolveSettings({ market: account.market })
    const decision: Extract<Decision, { action: 'open' }> = {
      outcome: 'taken',
      action: 'open',
      symbol: symbol(base),
      reasons: [],
      steps: [],
      entry: {
        symbol: symbol(base),
        side,
        quantity,
        entryPrice: price,
        stopLoss: side === 'long' ? price * 0.95 : price * 1.05,
        takeProfit: side === 'long' ? price * 1.1 : price * 0.9,
        stopsFrom: 'atr',
        leverage,
        notional: '100',
        margin: '100',
        risk: '5',
      },
    }
    const orderId = await db.transaction().execute((tx) =>
      planEntry(tx, keys, {
        account,
        decision,
        signal: { id: signalId, source: `strategy:${signalId}` },
        signalLeftMs,
        ...(wish.limitAt === undefined
          ? { type: 'market' }
          : { type: 'limit', limitPrice: roundPrice(price * wish.limitAt, filters) }),
        ...(wish.rests && { rests: wish.rests }),
        rules: { ...exitRulesFor(settings, filters, account.market), ...wish.rules },
        marketNowMs: clock.marketNow(),
        actor: 'test',
      }),
    )
    if (orderId === undefined) throw new Error('the entry was planned already')
    return orderId
  }

  return { database, db, simulator, gateway, desk: deskOf('worker-1'), route, deskOf, trader, enter }
}

/** A signal that lives for an hour, of a source of its own. */
export async function addSignal(database: TestDatabase, base: string, side: Side): Promise<string> {
  const id = randomUUID()
  await database.query(
    `insert into trading_signals (id, source, symbol, action, confidence, price, created_at, renewed_at, expires_at)
     values ($1, $2, $3, $4, 0.6, 1, now(), now(), now() + interval '1 hour')`,
    [id, `strategy:${id}`, `${base}/USDT`, side === 'long' ? 'BUY' : 'SELL'],
  )
  return id
}

/** The simulator's orders of a trader, by our client order id. */
export function venueOrdersOf(floor: Floor, { apiKey }: Trader, order: Pick<Order, 'clientOrderId'>) {
  const [account] = floor.simulator.ledger(apiKey).accounts
  return (account?.orders ?? []).filter((one) => one.clientOrderId === order.clientOrderId)
}
