import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import ccxt from 'ccxt'
import { Decimal } from '#src/domain/decimal.ts'
import { createGateway } from '#src/exchange/gateway.ts'
import { type Approved, approve, type OrderRequest } from '#src/exchange/order-request.ts'
import type { VenueAccount } from '#src/exchange/venue-account.ts'
import type { MarketCard } from '#src/exchange/venue-card.ts'
import { cardsOrThrow } from '#src/exchange/venue-cards.ts'
import type { VenueOrder } from '#src/exchange/venue-order.ts'
import { runningClock } from '#src/simulator/clock.ts'
import type { FaultScript } from '#src/simulator/faults/rule.ts'
import type { LedgerReport } from '#src/simulator/report.ts'
import type { Simulator } from '#src/simulator/simulator.ts'
import { sealKey } from '#src/vault/seal.ts'
import { aimed } from '#test/simulator/support/stream-client.ts'
import { keys, openFloor } from '#test/support/floor.ts'
import { steeredTape } from '#test/support/steered-tape.ts'
import type { Behaviour } from './behaviour.ts'
import type { Place, Rules } from './place.ts'

type Rule = FaultScript['rules'][number]
type Truth = LedgerReport['accounts'][number]
export type Client = InstanceType<typeof ccxt.pro.binance>

/** Where the price of BTC/USDT stands when a behaviour begins. */
export const price = 50_000

/** One account at one venue, with everything a behaviour may need of it. */
export interface Stage {
  readonly place: Place
  readonly rules: Rules
  readonly card: MarketCard
  readonly simulator: Simulator
  readonly apiKey: string
  /** 'BTC/USDT', or its perpetual. */
  readonly symbol: string
  symbolOf(base: string): string
  /** The account through the gateway. `now` is the clock of the process, where that is to be wrong. */
  venue(now?: () => number): Promise<VenueAccount>
  /** The unmodified ccxt.pro class with the account's key, for what the gateway does not offer. */
  client(): Promise<Client>
  /** An order of 0.01 BTC at the market, claimed now, as far as nothing else is said. */
  order(change?: Partial<OrderRequest>, now?: () => number): Approved<OrderRequest>
  /** Sets the price of BTC/USDT; what rests has met it afterwards. */
  steer(price: number): Promise<void>
  /** The simulator's own books of this account. */
  truth(): Truth
  /** The orders in those books under one of our ids. */
  ordersOf(clientOrderId: string): Truth['orders']
  /** Puts a fault in the way of this account alone. */
  disturb(rule: Rule): void
  /** How much the venue's clock is ahead. */
  aheadMs(ms: number): void
  /** Has the gateway sign with another key than the account was opened with. */
  reseal(key: { readonly apiKey?: string; readonly secret?: string }): Promise<void>
  /** An order once it stands as it is wanted. Throws when it does not within some seconds. */
  settled(
    clientOrderId: string,
    isWanted: (order: VenueOrder) => boolean,
    type?: 'stop_market',
  ): Promise<VenueOrder>
}

/** Opens what the behaviours of one place are played on; everything is closed after the file. */
export async function openStages(place: Place) {
  const { exchange, market } = place
  const tape = steeredTape()
  let aheadMs = 0
  // The venue's wall clock may be wrong; its market goes on all the same.
  const running = runningClock({ marketMs: Date.now(), speed: 1, endsAt: Number.POSITIVE_INFINITY })
  const clock = { ...running, wallNow: () => Date.now() + aheadMs }
  const floor = await openFloor({ tape, clock })
  const { simulator, db, database } = floor
  const { card: venueCard, market: card } = cardsOrThrow({ exchange, market })
  const simulatorUrl = async () => simulator.url
  const gateway = createGateway({ db, keys, simulatorUrl })
  const gateways = [gateway]
  const clients: Client[] = []

  /** The gateway, or one of a process whose clock is another. */
  function gatewayOf(now: (() => number) | undefined) {
    if (now === undefined) return gateway
    const other = createGateway({ db, keys, simulatorUrl, wallNow: now })
    gateways.push(other)
    return other
  }

  async function enter(
    rules: Rules,
    { settings, balances = { USDT: '1000000' } }: Pick<Behaviour, 'settings' | 'balances'>,
  ): Promise<Stage> {
    aheadMs = 0
    tape.steer('BTC/USDT', price)
    simulator.faults.remove()
    await database.query('delete from venue_budgets')
    const {
      account,
      apiKey,
      secret,
      symbol: symbolOf,
    } = await floor.trader({
      exchange,
      market,
      balances,
      settings: { rules, ...settings },
    })
    const symbol = symbolOf('BTC')
    const truth = () => {
      const found = simulator.ledger(apiKey).accounts.find((one) => one.apiKey === apiKey)
      if (found === undefined) throw new Error('the simulator has no such account')
      return found
    }
    const venue: Stage['venue'] = (now) => gatewayOf(now).account(account.id)
    return {
      place,
      rules,
      card,
      simulator,
      apiKey,
      symbol,
      symbolOf,
      venue,
      async client() {
        const Class = ccxt.pro[venueCard.ccxtId] as unknown as typeof ccxt.pro.binance
        const client = await aimed(Class, simulator.url, {
          apiKey,
          secret,
          options: { ...card.options, fetchCurrencies: false, fetchMargins: false },
        })
        clients.push(client)
        if (venueCard.nonce === 'increasing') Object.assign(client, { nonce: microseconds })
        await client.loadMarkets()
        return client
      },
      order(change = {}, now = Date.now) {
        const request: OrderRequest = {
          symbol,
          side: 'buy',
          type: 'market',
          quantity: '0.01',
          clientOrderId: randomBytes(16).toString('hex'),
          isReduceOnly: false,
          ...change,
        }
        return approve(request, { wallMs: now(), monotonicMs: performance.now() })
      },
      async steer(to) {
        tape.steer('BTC/USDT', to)
        await sleep(2) // the market looks once a millisecond
        simulator.settle()
      },
      truth,
      ordersOf: (clientOrderId) => truth().orders.filter((order) => order.clientOrderId === clientOrderId),
      disturb: (rule) =>
        void simulator.faults.add({ rules: [{ ...rule, match: { ...rule.match, apiKey } }] }),
      aheadMs(ms) {
        aheadMs = ms
      },
      async reseal(key) {
        const owner = { userId: account.userId, accountId: account.id }
        const sealed = sealKey(keys, owner, { apiKey, secret, ...key })
        await database.query('update api_keys set sealed = $2 where account_id = $1', [account.id, sealed])
      },
      async settled(clientOrderId, isWanted, type) {
        const asked = { symbol, clientOrderId, ...(type && { type }) }
        for (let left = 100; ; left -= 1) {
          const order = await (await venue()).orderByClientId(asked)
          if (order !== undefined && isWanted(order)) return order
          if (left === 0) throw new Error(`order ${clientOrderId} stands as ${order?.status ?? 'unknown'}`)
          await sleep(50)
        }
      },
    }
  }

  return {
    enter,
    async close() {
      await Promise.all(clients.map((client) => client.close()))
      await Promise.all(gateways.map((each) => each.close()))
    },
  }
}

let lastNonce = 0

/** Numbers as the gateway counts them, so that both may sign with one key, one after the other. */
function microseconds(): number {
  lastNonce = Math.max(lastNonce + 1, (Date.now() + 1) * 1_000)
  return lastNonce
}

/** Decimals are compared by what they are worth. */
export function worth(text: string | undefined): string {
  return new Decimal(text ?? 'NaN').toString()
}
