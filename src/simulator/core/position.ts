import { Decimal } from '../../domain/decimal.ts'
import type { Side } from './book.ts'

/** Which of the two positions that an account in hedge mode may hold in one symbol. */
export type Leg = 'long' | 'short'

/** A futures position: `quantity` is negative when short, `cost` is Σ quantity·price of what is open. */
export interface Position {
  readonly symbol: string
  readonly leg: Leg | undefined // undefined in one-way mode
  quantity: Decimal
  cost: Decimal
  realized: Decimal
  margin: Decimal // set aside for this position alone; 0 in cross margin
  updatedAt: number
}

/** An empty position. */
export function noPosition(symbol: string, leg: Leg | undefined, at: number): Position {
  const zero = new Decimal(0)
  return { symbol, leg, quantity: zero, cost: zero, realized: zero, margin: zero, updatedAt: at }
}

/** What a position is known by in its account: the symbol, and in hedge mode the leg. */
export function positionKey(symbol: string, leg: Leg | undefined): string {
  return leg === undefined ? symbol : `${symbol} ${leg}`
}

/** Whether an order of this side takes something off a leg. */
export function closesLeg(side: Side, leg: Leg | undefined): boolean {
  return leg !== undefined && (side === 'sell') === (leg === 'long')
}

/** How much of what is held an order of this side could take off. */
export function reducibleOf(held: Decimal, side: Side): Decimal {
  return Decimal.max(0, side === 'buy' ? held.neg() : held)
}
