import { Decimal } from '../../domain/decimal.ts'
import type { Account } from '../core/account.ts'
import type { Exchange } from '../core/exchange.ts'
import type { Instrument, Market } from '../core/instrument.ts'
import type { Order } from '../core/order.ts'
import type { Placement } from '../core/placement.ts'
import type { Leg } from '../core/position.ts'
import type { Venue } from '../venues/venue.ts'
import { type ReadAct, readAct } from './act.ts'

/** What came of an act: the orders it placed or ended. */
export interface ActResult {
  readonly placed: readonly { readonly orderId: number; readonly clientOrderId: string }[]
  readonly canceled: readonly { readonly orderId: number; readonly clientOrderId: string }[]
}

type Held = { readonly quantity: Decimal; readonly leg?: Leg | undefined }

type Wish = Pick<Placement, 'side' | 'quantity'> & {
  readonly leg?: Leg | undefined
  readonly type?: 'market' | 'limit' | 'stop'
  readonly price?: string | undefined
  readonly stopPrice?: string | undefined
  readonly reduceOnly?: boolean
  readonly clientOrderId?: string | undefined
}

/** A user's hands in the venue's own app; all they do is booked with the mark that it was by hand. */
export class Hands {
  readonly #exchange: Exchange
  readonly #venues: ReadonlyMap<string, Venue>
  readonly #assets: ReadonlyMap<string, Instrument> // spot instruments by 'venue BASE/QUOTE'
  #orders = 0

  constructor(exchange: Exchange, venues: readonly Venue[], instruments: readonly Instrument[]) {
    this.#exchange = exchange
    this.#venues = new Map(venues.map((venue) => [venue.name, venue]))
    this.#assets = new Map(
      instruments
        .filter(({ market }) => market === 'spot')
        .map((each) => [`${each.venue} ${each.symbol}`, each]),
    )
  }

  /** Does an act. Throws an error of one line when it makes no sense or the venue refuses it; nothing is done then. */
  do(input: unknown): ActResult {
    const act = readAct(input)
    const { ledger } = this.#exchange
    const account =
      act.market === undefined ? ledger.accounts.get(act.apiKey) : ledger.findAccount(act.apiKey, act.market)
    if (account === undefined) throw new Error('apiKey: no account has this key')
    this.#exchange.advance()
    const result = this.#perform(account, act.market ?? usualMarket(account), act)
    const { apiKey: _, ...words } = act
    this.#exchange.noteHand(account, words)
    return result
  }

  #perform(account: Account, market: Market, act: ReadAct): ActResult {
    switch (act.do) {
      case 'close-position':
        return this.#close(account, market, act.symbol)
      case 'sell-half':
        return placed(this.#reduce(account, this.#instrument(account, market, act.symbol), 2))
      case 'buy':
      case 'sell': {
        const { symbol, clientOrderId } = act
        const wish = { side: act.do, quantity: new Decimal(act.quantity), clientOrderId } as const
        return placed([this.#place(account, this.#instrument(account, market, symbol), wish)])
      }
      case 'place-order': {
        const wish = { ...act, quantity: new Decimal(act.quantity) }
        return placed([this.#place(account, this.#instrument(account, market, act.symbol), wish)])
      }
      case 'cancel-order': {
        const found = [...account.open.values()].find(
          ({ record }) => record.clientOrderId === act.clientOrderId,
        )
        if (found === undefined) throw new Error('clientOrderId: no open order has this id')
        return this.#cancel(account, [found])
      }
      case 'cancel-stops':
      case 'cancel-all': {
        const open = [...account.open.values()].filter(
          ({ record }) => (act.symbol ?? record.symbol) === record.symbol,
        )
        const wanted = act.do === 'cancel-all' ? open : open.filter(({ record }) => record.trigger)
        return this.#cancel(account, wanted)
      }
      case 'deposit':
        return this.#move(account, act.asset, act.amount, 'deposit')
      case 'airdrop':
        return this.#move(account, act.asset, act.amount, 'airdrop')
      case 'funding':
        return this.#move(account, act.asset, act.amount, 'funding')
      case 'withdraw':
        return this.#move(account, act.asset, `-${act.amount}`, 'withdrawal')
      case 'convert-dust':
        return this.#convert(account, act.asset, act.into)
      case 'set-leverage': {
        const { maxLeverage } = this.#instrument(account, 'futures', act.symbol)
        if (act.leverage > maxLeverage) throw new Error(`leverage: the venue gives at most ${maxLeverage}`)
        this.#exchange.setLeverage(account, act.symbol, act.leverage)
        return nothing
      }
      case 'liquidate':
        this.#exchange.holdings.liquidate(account, this.#instrument(account, 'futures', act.symbol))
        return nothing
      case 'revoke-key':
      case 'restore-key':
        this.#exchange.setRevoked(account, act.do === 'revoke-key')
        return nothing
    }
  }

  #instrument(account: Account, market: Market, symbol: string): Instrument {
    return this.#exchange.ledger.instrumentOrThrow(account.seed.venue, market, symbol)
  }

  #close(account: Account, market: Market, symbol: string | undefined): ActResult {
    const symbols = symbol === undefined ? this.#held(account, market) : [symbol]
    const held = symbols.map((each) => this.#instrument(account, market, each))
    return placed(held.flatMap((each) => this.#reduce(account, each, 1)))
  }

  /** The symbols an account holds: positions, or coins that trade against USDT and come to an order's minimum. */
  #held(account: Account, market: Market): string[] {
    if (market === 'futures') return [...new Set(account.openPositions().map(({ symbol }) => symbol))]
    return [...account.balances].flatMap(([asset, { free }]) => {
      const instrument = this.#assets.get(`${account.seed.venue} ${asset}/USDT`)
      if (instrument === undefined) return []
      const isWorthIt = free.times(this.#exchange.lastPrice(instrument)).gte(instrument.minNotional)
      return isWorthIt ? [instrument.symbol] : []
    })
  }

  /** Takes a part of what is held off, in whole steps: in hedge mode of both legs. */
  #reduce(account: Account, instrument: Instrument, part: number): Order[] {
    const { base, step, market, symbol } = instrument
    const held: readonly Held[] =
      market === 'spot' ? [{ quantity: account.balance(base).free }] : account.openPositions(symbol)
    const parts = held
      .map(({ quantity, leg }) => ({
        leg,
        quantity,
        part: quantity.abs().div(part).div(step).floor().times(step),
      }))
      .filter((each) => each.part.gt(0))
    if (parts.length === 0) throw new Error(`symbol: nothing of ${symbol} is held`)
    return parts.map(({ leg, quantity, part: less }) => {
      const side = quantity.gt(0) ? 'sell' : 'buy'
      return this.#place(account, instrument, { side, leg, quantity: less, reduceOnly: market === 'futures' })
    })
  }

  #place(account: Account, instrument: Instrument, wish: Wish): Order {
    const { type = 'market', side, price, stopPrice } = wish
    if (type === 'limit' && price === undefined) throw new Error('price: a limit order needs one')
    if (type === 'stop' && stopPrice === undefined) throw new Error('stopPrice: a stop needs one')
    const words = this.#venueOf(account).wordsOf(instrument.market, type)
    this.#orders += 1
    const placement: Placement = {
      clientOrderId:
        wish.clientOrderId ?? `${words.clientIdPrefix}${this.#exchange.ledger.lastOrderId}x${this.#orders}`,
      side,
      ...(wish.leg && { leg: wish.leg }),
      type: type === 'limit' ? 'limit' : 'market',
      timeInForce: 'GTC',
      postOnly: false,
      reduceOnly: wish.reduceOnly ?? false,
      closePosition: false,
      quantity: wish.quantity,
      price: type === 'limit' ? new Decimal(price as string) : undefined,
      trigger:
        type === 'stop'
          ? {
              price: new Decimal(stopPrice as string).toString(),
              when: side === 'buy' ? 'rises' : 'falls',
              becomesNew: words.becomesNew,
            }
          : undefined,
      wire: words.wire,
      byHand: true,
    }
    const outcome = this.#exchange.place(account, instrument, placement)
    if ('refused' in outcome) throw new Error(`the venue refuses: ${outcome.refused}`)
    return outcome.order
  }

  #cancel(account: Account, orders: readonly Order[]): ActResult {
    const canceled = orders.filter((order) => this.#exchange.cancel(account, order, true))
    return { placed: [], canceled: canceled.map(idsOf) }
  }

  #move(
    account: Account,
    asset: string,
    amount: string,
    reason: 'deposit' | 'withdrawal' | 'airdrop' | 'funding',
  ): ActResult {
    if (reason === 'withdrawal' && account.balance(asset).free.plus(amount).lt(0))
      throw new Error(`amount: only ${account.balance(asset).free} ${asset} are free`)
    this.#exchange.transfer(account, { asset, amount, reason })
    return nothing
  }

  #convert(account: Account, asset: string, into: string): ActResult {
    const { free } = account.balance(asset)
    const worth = free
      .times(this.#priceOf(account, asset))
      .div(this.#priceOf(account, into))
      .toDecimalPlaces(8, Decimal.ROUND_DOWN)
    this.#exchange.transfer(account, { asset, amount: free.neg().toString(), reason: 'dust' })
    this.#exchange.transfer(account, { asset: into, amount: worth.toString(), reason: 'dust' })
    return nothing
  }

  /** Last price of an asset in USDT. */
  #priceOf(account: Account, asset: string): number {
    if (asset === 'USDT') return 1
    const instrument = this.#assets.get(`${account.seed.venue} ${asset}/USDT`)
    if (instrument === undefined) throw new Error(`asset: ${asset} has no price on this tape`)
    return this.#exchange.lastPrice(instrument)
  }

  #venueOf({ seed }: Account): Venue {
    const venue = this.#venues.get(seed.venue)
    if (venue === undefined) throw new Error(`apiKey: ${seed.venue} is not simulated here`)
    return venue
  }
}

/** Where an act takes place that does not say it: on futures, where an account trades both. */
function usualMarket({ seed }: Account): Market {
  return seed.market === 'spot' ? 'spot' : 'futures'
}

const nothing: ActResult = { placed: [], canceled: [] }

function placed(orders: readonly Order[]): ActResult {
  return { placed: orders.map(idsOf), canceled: [] }
}

function idsOf({ record }: Order) {
  return { orderId: record.id, clientOrderId: record.clientOrderId }
}
