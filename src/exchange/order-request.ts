import type { DecimalText } from '../domain/decimal.ts'
import type { OrderType } from '../domain/order.ts'
import type { OrderSide } from '../domain/side.ts'

/** An instruction to a venue. Quantities in base, already rounded to the venue's filters. */
export interface OrderRequest {
  readonly symbol: string
  readonly side: OrderSide
  readonly type: OrderType
  readonly quantity: DecimalText
  readonly price?: DecimalText
  /** What triggers a stop. */
  readonly stopPrice?: DecimalText
  /** What triggers the stop that the venue is to attach to whatever fills of this entry; a reduce-only market order. */
  readonly attachedStop?: DecimalText
  readonly clientOrderId: string
  readonly isReduceOnly: boolean
  /** Whether it takes off what is held: it may use what is kept back of the venue's limits. */
  readonly isExit?: boolean
}

/** When an order was claimed, by this process's clocks: what is signed, and from when a late send must die. */
export interface ClaimMoment {
  /** Wall milliseconds, read just before the claim. */
  readonly wallMs: number
  /** `performance.now()` at the same moment: a wall clock may jump, this one does not. */
  readonly monotonicMs: number
}

declare const approved: unique symbol

/** What a committed claim has let through. Only this can be sent. */
export type Approved<T> = T & { readonly [approved]: true; readonly claimedAt: ClaimMoment }

/** Approves a request; called where an order's claim has been committed, and nowhere else. */
export function approve<T extends object>(request: T, claimedAt: ClaimMoment): Approved<T> {
  return { ...request, claimedAt } as Approved<T>
}
