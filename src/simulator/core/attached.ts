import type { DecimalText } from '../../domain/decimal.ts'
import type { Trigger } from './order.ts'

/** What an order brings along and leaves behind where it is filled. */
export interface Attached {
  /** Stop and target of the whole position it makes or grows; a later one takes an earlier one's place. */
  readonly stopLoss?: AttachedStop
  readonly takeProfit?: AttachedStop
  /** One order the other way, of what this one has filled when it has ended. */
  readonly close?: AttachedClose
}

/** A price at which a whole position is closed at the market. */
export interface AttachedStop {
  readonly price: DecimalText
  readonly clientOrderId?: string // the venue's own, where it is left out
  readonly wire: Readonly<Record<string, string>>
}

/** An order to be born: a stop or target with a trigger, a limit order without one. */
export interface AttachedClose {
  readonly type: 'market' | 'limit'
  readonly price?: DecimalText
  readonly trigger?: Trigger
  readonly clientOrderId?: string // the venue's own, where it is left out
  readonly wire: Readonly<Record<string, string>>
}

/** What a stop that belongs to a position does for it. */
export type Protects = 'stop-loss' | 'take-profit'
