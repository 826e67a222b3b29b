import { equityOver, reportedAccounts } from '#db/reports.ts'
import { money } from '../../mails/figures.ts'
import type { Command } from '../asked.ts'
import { listing } from '../lines.ts'

const dayMs = 86_400_000

/** What each account is worth, and what of it is free. */
export const balance: Command = {
  name: 'balance',
  help: 'what each account is worth',
  async answer({ db, userId, clock }) {
    const untilMs = clock.marketNow() + 1
    const lines: string[] = []
    for (const { id, name, mode, quote } of await reportedAccounts(db, userId)) {
      const [last] = await equityOver(db, id, { fromMs: untilMs - dayMs, untilMs }, 1)
      lines.push(
        last
          ? `${name} (${mode}): ${money(last.equity, quote)}, ${money(last.free, quote)} free`
          : `${name} (${mode}): not known yet`,
      )
    }
    return { html: listing('Balance', lines, 'There is no account yet.') }
  },
}
