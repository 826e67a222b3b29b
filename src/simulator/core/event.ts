import type { AccountSeed, Hand, Transfer } from './account.ts'
import type { FillRecord, OrderRecord, OrderStatus } from './order.ts'

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
      readonly at: number
    }
  | { readonly kind: 'leverage'; readonly apiKey: string; readonly symbol: string; readonly leverage: number }
  | { readonly kind: 'transfer'; readonly apiKey: string; readonly transfer: Transfer }
  | { readonly kind: 'key'; readonly apiKey: string; readonly isRevoked: boolean }
  | { readonly kind: 'hand'; readonly apiKey: string; readonly hand: Hand }
  | { readonly kind: 'setting'; readonly apiKey: string; readonly name: string; readonly value: string }
  | { readonly kind: 'tape'; readonly identity: string } // a different tape follows: its clock starts afresh
  | { readonly kind: 'clock'; readonly marketMs: number }
