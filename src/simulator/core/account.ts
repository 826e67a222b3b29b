import { Decimal, type DecimalText } from '../../domain/decimal.ts'
import type { AccountMarket, Market } from './instrument.ts'
import type { Fill, Order } from './order.ts'
import { type Leg, noPosition, type Position, positionKey } from './position.ts'

/** What an account is created from. Creating the same `apiKey` again changes nothing. */
export interface AccountSeed {
  readonly venue: string
  readonly market: AccountMarket
  readonly apiKey: string
  readonly secret: string
  readonly passphrase?: string // of venues that ask for one
  readonly balances: Readonly<Record<string, DecimalText>> // by asset
  readonly settings?: Readonly<Record<string, string>> // the venue's own switches
}

/** Money that moves without a trade; `amount` is negative when it leaves. */
export interface Transfer {
  readonly asset: string
  readonly amount: DecimalText
  /** 'insurance' is what a liquidation leaves to the venue's fund, or what the fund pays where nothing is left. */
  readonly reason: 'deposit' | 'withdrawal' | 'airdrop' | 'dust' | 'funding' | 'insurance'
  readonly symbol?: string // of the position it is about
  readonly leg?: Leg
  readonly marketMs?: number // of funding: when it was due
  readonly at: number // wall time
}

/** Whether positions answer for each other, or each with what is set aside for it. */
export type MarginMode = 'cross' | 'isolated'

/** Something the user did in the venue's own app, in the words it was asked for. */
export interface Hand {
  readonly act: Readonly<Record<string, unknown>>
  readonly at: number // wall time
}

export interface Balance {
  free: Decimal
  locked: Decimal
  updatedAt: number
}

/** The name a key's second account goes by, where the venue keeps a wallet per market. */
export function futuresTwin(apiKey: string): string {
  return `${apiKey}@futures`
}

/** The key that opens an account: a twin's is its owner's. */
export function openingKey({ seed }: Account): string {
  return seed.apiKey.replace(/@futures$/, '')
}

/** One user's account at one venue, as the venue knows it. */
export class Account {
  readonly seed: AccountSeed
  readonly createdAt: number
  readonly balances = new Map<string, Balance>()
  readonly positions = new Map<string, Position>() // by symbol, in hedge mode with its leg
  readonly leverage = new Map<string, number>()
  readonly marginModes = new Map<string, MarginMode>() // by symbol; '*' is any other
  readonly settings = new Map<string, string>()
  readonly orders = new Map<number, Order>()
  readonly open = new Map<number, Order>()
  readonly #byClientId = new Map<string, Order>()
  readonly fills: Fill[] = []
  readonly transfers: Transfer[] = []
  readonly hands: Hand[] = []
  isRevoked = false

  constructor(seed: AccountSeed, createdAt: number) {
    this.seed = seed
    this.createdAt = createdAt
    for (const [name, value] of Object.entries(seed.settings ?? {})) this.settings.set(name, value)
    for (const [asset, amount] of Object.entries(seed.balances)) {
      this.balances.set(asset, { free: new Decimal(amount), locked: new Decimal(0), updatedAt: createdAt })
    }
  }

  /** The balance of an asset; an empty one comes into being when it is first asked for. */
  balance(asset: string): Balance {
    let balance = this.balances.get(asset)
    if (balance === undefined) {
      balance = { free: new Decimal(0), locked: new Decimal(0), updatedAt: this.createdAt }
      this.balances.set(asset, balance)
    }
    return balance
  }

  position(symbol: string, leg?: Leg): Position {
    const key = positionKey(symbol, leg)
    let position = this.positions.get(key)
    if (position === undefined) {
      position = noPosition(symbol, leg, this.createdAt)
      this.positions.set(key, position)
    }
    return position
  }

  /** What is held of a symbol, or of a leg of it: 0 when nothing is. */
  held(symbol: string, leg?: Leg): Decimal {
    return this.positions.get(positionKey(symbol, leg))?.quantity ?? new Decimal(0)
  }

  /** The open positions of a symbol, or all. */
  openPositions(symbol?: string): Position[] {
    return [...this.positions.values()].filter(
      (each) => !each.quantity.eq(0) && (symbol ?? each.symbol) === each.symbol,
    )
  }

  marginMode(symbol: string): MarginMode {
    return this.marginModes.get(symbol) ?? this.marginModes.get('*') ?? 'cross'
  }

  add(order: Order): void {
    this.orders.set(order.record.id, order)
    this.open.set(order.record.id, order)
    this.#byClientId.set(clientKey(order.record.clientOrderId, isConditional(order)), order)
  }

  /** The market of an order or a fill that does not say it: the account's own. */
  marketOf(market: Market | undefined): Market {
    const { market: own } = this.seed
    if (market !== undefined) return market
    if (own === 'unified') throw new Error('an order of a unified account must name its market')
    return own
  }

  /** The newest order with this client id. Conditional orders that become others have ids of their own. */
  findByClientId(clientOrderId: string, conditional = false): Order | undefined {
    return this.#byClientId.get(clientKey(clientOrderId, conditional))
  }
}

/** Whether an order lives apart from the orders it may become. */
export function isConditional(order: Order): boolean {
  return order.record.trigger?.becomesNew === true
}

function clientKey(clientOrderId: string, conditional: boolean): string {
  return conditional ? `conditional ${clientOrderId}` : clientOrderId
}
