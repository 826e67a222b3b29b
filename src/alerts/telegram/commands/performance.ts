import { tradesClosed } from '#db/reports.ts'
import { resultsOf } from '../../../domain/alerts/results.ts'
import { money, percent } from '../../mails/figures.ts'
import type { Command } from '../asked.ts'
import { listing, marked } from '../lines.ts'

const dayMs = 86_400_000
const spans = [
  ['24 hours', 1],
  ['7 days', 7],
  ['30 days', 30],
] as const

/** What trading came to, net of fees. */
export const performance: Command = {
  name: 'performance',
  help: 'results of a day, a week and a month',
  async answer({ db, userId, clock }) {
    const untilMs = clock.marketNow() + 1
    const lines: string[] = []
    for (const [name, days] of spans)
      for (const result of resultsOf(
        await tradesClosed(db, userId, { fromMs: untilMs - days * dayMs, untilMs }),
      ))
        lines.push(
          `${name}: ${marked(result.pnl, result.quote)}, ${result.wins} of ${result.trades} won (${percent(result.winRate)}), ${money(result.fees, result.quote)} fees`,
        )
    return { html: listing('Performance', lines, 'No trade was closed in the last 30 days.') }
  },
}
