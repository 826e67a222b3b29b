import { positionsHeld } from '#db/reports.ts'
import { directionOf } from '../../../domain/side.ts'
import { change } from '../../mails/figures.ts'
import type { Command } from '../asked.ts'
import { amount, listing } from '../lines.ts'

/** What is open, how it stands, and what protects it. */
export const positions: Command = {
  name: 'positions',
  help: 'what is open, how it stands, and what protects it',
  async answer({ db, userId }) {
    const held = await positionsHeld(db, userId)
    const lines = held.map(
      ({ side, symbol, quantity, entryPrice, lastPrice, stopLoss, restingStop, gap, account }) => {
        const grown =
          entryPrice !== null && lastPrice !== null
            ? ` ${change(directionOf(side) * (Number(lastPrice) / Number(entryPrice) - 1))}`
            : ''
        const guard =
          gap !== null
            ? `⚠️ ${gap}`
            : restingStop !== null
              ? `stop ${amount(restingStop)} at the exchange`
              : stopLoss !== null
                ? `stop ${amount(stopLoss)} by the monitor`
                : 'no stop'
        return `${side} ${amount(quantity)} ${symbol}${grown}, ${guard} · ${account}`
      },
    )
    return { html: listing(`${held.length} open`, lines, 'No position is open.') }
  },
}
