/** A seat of the council. */
export type Seat = 'cio' | 'execution' | 'research' | 'risk'

/** How much each seat counts. */
export const seatWeights: Readonly<Record<Seat, number>> = {
  cio: 0.35,
  execution: 0.3,
  research: 0.15,
  risk: 0.2,
}

/** A seat's vote: −1 (sell) … 1 (buy) with confidence 0–1, or why it abstains. */
export type Vote =
  | {
      readonly seat: Seat
      readonly value: number
      readonly confidence: number
      readonly reasons: readonly string[]
      /** Why nothing may be bought or sold now, whatever the others say. */
      readonly veto?: string
    }
  | { readonly seat: Seat; readonly abstains: 'history' | 'spread'; readonly reasons: readonly string[] }

/** A vote that was cast. */
export type CastVote = Extract<Vote, { value: number }>

/** Whether the seat voted. */
export function isCast(vote: Vote): vote is CastVote {
  return 'value' in vote
}

/** The seat has too little history to say anything. */
export function tooShort(seat: Seat, needs: string): Vote {
  return { seat, abstains: 'history', reasons: [`needs ${needs}`] }
}

/** A ratio as percent with two decimals, for reasons. */
export function percentText(ratio: number): string {
  return `${(ratio * 100).toFixed(2)} %`
}
