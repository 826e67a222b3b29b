import { tradesClosed } from '#db/reports.ts'
import { change } from '../../mails/figures.ts'
import type { Command } from '../asked.ts'
import { listing, marked } from '../lines.ts'

const weekMs = 7 * 86_400_000

/** The trades of the last week, the latest first. */
export const trades: Command = {
  name: 'trades',
  help: 'the last closed trades',
  async answer({ db, userId, clock }) {
    const untilMs = clock.marketNow() + 1
    const closed = await tradesClosed(db, userId, { fromMs: untilMs - weekMs, untilMs })
    const lines = closed.map(
      ({ side, symbol, pnl, quote, profitRatio, closeReason }) =>
        `${marked(pnl, quote)} (${change(profitRatio)}) ${side} ${symbol}, ${closeReason.replaceAll('_', ' ')}`,
    )
    return { html: listing('Trades of the last 7 days', lines, 'No trade was closed in the last 7 days.') }
  },
}
