import { Decimal, type DecimalText } from '../../domain/decimal.ts'
import { Account, futuresTwin, isConditional, type Transfer } from './account.ts'
import type { Event } from './event.ts'
import type { Instrument, Market } from './instrument.ts'
import { money } from './money.ts'
import { Order, type OrderRecord } from './order.ts'

/** Finds an instrument by where it trades. */
export type FindInstrument = (venue: string, market: Market, symbol: string) => Instrument | undefined

/** A funding that was due, and paid by those who held. */
export interface FundingRecord {
  readonly venue: string
  readonly symbol: string
  readonly marketMs: number
  readonly rate: DecimalText
}

const nobody: ReadonlySet<Account> = new Set()

/** The truth about every account: it changes by `apply` alone. */
export class Ledger {
  readonly accounts = new Map<string, Account>() // by API key
  lastOrderId = 1_000_000
  lastFillId = 5_000_000
  marketMs: number | undefined
  tape: string | undefined
  readonly fundings: FundingRecord[] = [] // what was paid, oldest first
  readonly fundingRates = new Map<string, DecimalText>() // set by hand: by 'venue BTC/USDT', or '*'
  readonly #holders = new Map<Instrument, Set<Account>>()
  readonly #find: FindInstrument

  constructor(find: FindInstrument) {
    this.#find = find
  }

  /** The instrument a venue's market trades under this symbol; it must exist. */
  instrumentOrThrow(venue: string, market: Market, symbol: string): Instrument {
    const instrument = this.#find(venue, market, symbol)
    if (instrument === undefined) throw new Error(`${venue} ${market} has no ${symbol} on this tape`)
    return instrument
  }

  /** What an order trades. */
  instrumentOf({ seed }: Account, { market, record }: Order): Instrument {
    return this.instrumentOrThrow(seed.venue, market, record.symbol)
  }

  /** The account a key opens on a market: its own, or the one beside it where the venue keeps a wallet per market. */
  findAccount(apiKey: string, market: Market): Account | undefined {
    const account = this.accounts.get(apiKey)
    if (account === undefined || account.seed.market === market) return account
    return this.accounts.get(futuresTwin(apiKey)) ?? account
  }

  apply(event: Event): void {
    switch (event.kind) {
      case 'account':
        this.accounts.set(event.account.apiKey, new Account(event.account, event.at))
        return
      case 'tape':
        this.tape = event.identity
        this.marketMs = undefined
        return
      case 'clock':
        this.marketMs = event.marketMs
        return
      case 'leverage':
        this.accountOrThrow(event.apiKey).leverage.set(event.symbol, event.leverage)
        return
      case 'margin-mode':
        this.accountOrThrow(event.apiKey).marginModes.set(event.symbol, event.mode)
        return
      case 'position-margin': {
        const position = this.accountOrThrow(event.apiKey).position(event.symbol, event.leg)
        position.margin = position.margin.plus(event.amount)
        return
      }
      case 'funding':
        this.fundings.push(event)
        return
      case 'funding-rate':
        if (event.rate === null) this.fundingRates.delete(event.of)
        else this.fundingRates.set(event.of, event.rate)
        return
      case 'setting':
        this.accountOrThrow(event.apiKey).settings.set(event.name, event.value)
        return
      case 'transfer':
        this.#transfer(this.accountOrThrow(event.apiKey), event.transfer)
        return
      case 'key':
        this.accountOrThrow(event.apiKey).isRevoked = event.isRevoked
        return
      case 'hand':
        this.accountOrThrow(event.apiKey).hands.push(event.hand)
        return
      case 'order':
        this.#accept(event.order)
        return
      case 'fill':
        this.#fill(event)
        return
      case 'trigger':
        this.#trigger(event)
        return
      case 'end': {
        const account = this.accountOrThrow(event.apiKey)
        const order = orderOrThrow(account, event.orderId)
        order.status = event.status
        order.updatedAt = event.at
        order.endedByHand = event.byHand === true
        this.#close(account, order)
      }
    }
  }

  accountOrThrow(apiKey: string): Account {
    const account = this.accounts.get(apiKey)
    if (account === undefined) throw new Error('the journal names an account that was never created')
    return account
  }

  /** Who holds a position in an instrument. */
  holders(instrument: Instrument): ReadonlySet<Account> {
    return this.#holders.get(instrument) ?? nobody
  }

  #transfer(account: Account, transfer: Transfer): void {
    const { symbol, leg } = transfer
    if (transfer.reason === 'funding' && symbol !== undefined && account.marginMode(symbol) === 'isolated') {
      const position = account.position(symbol, leg)
      position.margin = position.margin.plus(transfer.amount)
    }
    const purse = account.balance(transfer.asset)
    purse.free = purse.free.plus(transfer.amount)
    purse.updatedAt = transfer.at
    account.transfers.push(transfer)
  }

  #accept(record: OrderRecord): void {
    const account = this.accountOrThrow(record.apiKey)
    const order = new Order(record, account.marketOf(record.market))
    account.add(order)
    this.lastOrderId = Math.max(this.lastOrderId, order.record.id)
    if (order.locked.gt(0)) {
      const purse = account.balance(this.#payAsset(account, order))
      purse.free = purse.free.minus(order.locked)
      purse.locked = purse.locked.plus(order.locked)
      purse.updatedAt = order.record.createdAt
    }
  }

  #fill({ apiKey, fill }: Extract<Event, { kind: 'fill' }>): void {
    const account = this.accountOrThrow(apiKey)
    const order = orderOrThrow(account, fill.orderId)
    const instrument = this.instrumentOf(account, order)
    const entry = money[instrument.market].book(account, instrument, order, fill)
    if (instrument.market === 'futures') this.#noteHolder(account, instrument)
    order.fills.push(entry)
    account.fills.push(entry)
    order.filled = order.filled.plus(fill.quantity)
    order.filledQuote = order.filledQuote.plus(entry.quoteQuantity)
    order.updatedAt = fill.at
    this.lastFillId = Math.max(this.lastFillId, fill.id)
    if (order.filled.gte(order.quantity)) {
      order.status = 'filled'
      this.#close(account, order)
    }
  }

  #noteHolder(account: Account, instrument: Instrument): void {
    const holders = this.#holders.get(instrument) ?? new Set()
    this.#holders.set(instrument, holders)
    if (account.openPositions(instrument.symbol).length > 0) holders.add(account)
    else holders.delete(account)
  }

  #trigger(event: Extract<Event, { kind: 'trigger' }>): void {
    const account = this.accountOrThrow(event.apiKey)
    const order = orderOrThrow(account, event.orderId)
    order.triggeredAt = order.updatedAt = event.at
    if (!isConditional(order)) {
      order.isWorking = true
      if (event.quantity !== undefined) order.quantity = new Decimal(event.quantity)
      return
    }
    order.status = 'triggered'
    order.becameOrderId = event.becameOrderId
    this.#close(account, order)
  }

  /** Ends an order's life: what it still reserves becomes free again. */
  #close(account: Account, order: Order): void {
    account.open.delete(order.record.id)
    if (order.locked.gt(0)) {
      const purse = account.balance(this.#payAsset(account, order))
      purse.free = purse.free.plus(order.locked)
      purse.locked = purse.locked.minus(order.locked)
      purse.updatedAt = order.updatedAt
      order.locked = order.locked.minus(order.locked)
    }
  }

  #payAsset(account: Account, order: Order): string {
    const { base, quote } = this.instrumentOf(account, order)
    return order.record.side === 'buy' ? quote : base
  }
}

function orderOrThrow(account: Account, orderId: number): Order {
  const order = account.orders.get(orderId)
  if (order === undefined) throw new Error(`the journal names order ${orderId}, which was never accepted`)
  return order
}
