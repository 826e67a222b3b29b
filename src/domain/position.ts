/**
 * States of a position. `void`: its entry never filled. `stray`: a fill arrived for a void entry while another position
 * lives on the symbol; it is booked on its own row, protected and closed at once.
 */
export type PositionState = 'opening' | 'open' | 'closing' | 'closed' | 'void' | 'stray'

const edges: Readonly<Record<PositionState, readonly PositionState[]>> = {
  opening: ['open', 'void', 'closed'],
  open: ['closing', 'closed'],
  closing: ['open', 'closed'],
  closed: ['stray'],
  void: ['opening', 'open', 'stray'],
  stray: ['closed'],
}

/** Whether a position may go from one state to the other. */
export function legalPositionTransition(from: PositionState, to: PositionState): boolean {
  return edges[from].includes(to)
}
