import type { OrderRecord } from '../../core/order.ts'

/** The client's id of an order, as answers tell it; one that was sent without has none. */
export function clientIdOf({ wire, byHand, clientOrderId }: OrderRecord): string | undefined {
  return (
    wire.clientOrderId ??
    (byHand === true && !clientOrderId.startsWith(appPrefix) ? clientOrderId : undefined)
  )
}

/** How ids begin that the venue's own app gives to orders, and shows nobody. */
export const appPrefix = 'web-'

/** The prices of an order as answers tell them: its limit or its trigger, and a triggered order's limit. */
export function pricesOf({ wire, trigger, price }: Pick<OrderRecord, 'wire' | 'trigger' | 'price'>): {
  readonly price: string | undefined
  readonly price2: string | undefined
} {
  return { price: wire.price ?? trigger?.price ?? price, price2: wire.price2 }
}
