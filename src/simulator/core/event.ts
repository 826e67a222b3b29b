import type { DecimalText } from '../../domain/decimal.ts'
import type { AccountSeed, Hand, MarginMode, Transfer } from './account.ts'
import type { FillRecord, OrderRecord, OrderStatus } from './order.ts'
import type { Leg } from './position.ts'

/** Everything that can change the ledger. Applying the journal's events again, in order, gives the same ledger. */
export type Event =
  | { readonly kind: 'account'; readonly account: AccountSeed; readonly at: number }
  | { readonly kind: 'order'; readonly order: OrderRecord }
  | { readonly kind: 'fill'; readonly fill: FillRecord; readonly apiKey: string }
  | {
      readonly kind: 'end'
      readonly apiKey: string
      readonly orderId: number
      readonly status: Exclude<OrderStatus, 'open' | 'filled' | 'triggered'>
      readonly at: number
      readonly byHand?: boolean
    }
  | {
      readonly kind: 'trigger'
      readonly apiKey: string
      readonly orderId: number
      readonly becameOrderId?: number
      readonly quantity?: DecimalText // of an order that closes a position
      readonly at: number
    }
  | { readonly kind: 'leverage'; readonly apiKey: string; readonly symbol: string; readonly leverage: number }
  | {
      readonly kind: 'margin-mode'
      readonly apiKey: string
      readonly symbol: string // '*' is every one that has no mode of its own
      readonly mode: MarginMode
    }
  | {
      readonly kind: 'position-margin' // moved between the wallet and an isolated position
      readonly apiKey: string
      readonly symbol: string
      readonly leg?: Leg
      readonly amount: DecimalText // negative when it is given back
    }
  | {
      readonly kind: 'funding'
      readonly venue: string
      readonly symbol: string
      readonly marketMs: number
      readonly rate: DecimalText
    }
  | { readonly kind: 'funding-rate'; readonly of: string; readonly rate: DecimalText | null } // of 'venue BTC/USDT', or '*'
  | { readonly kind: 'transfer'; readonly apiKey: string; readonly transfer: Transfer }
  | { readonly kind: 'key'; readonly apiKey: string; readonly isRevoked: boolean }
  | { readonly kind: 'hand'; readonly apiKey: string; readonly hand: Hand }
  | { readonly kind: 'setting'; readonly apiKey: string; readonly name: string; readonly value: string }
  | { readonly kind: 'tape'; readonly identity: string } // a different tape follows: its clock starts afresh
  | { readonly kind: 'clock'; readonly marketMs: number }
