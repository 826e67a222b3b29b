import { liveSignalsFor } from '#db/signals.ts'
import { percent } from '../../mails/figures.ts'
import type { Command } from '../asked.ts'
import { listing } from '../lines.ts'

/** The signals that hold now. */
export const signals: Command = {
  name: 'signals',
  help: 'the signals that hold now',
  async answer({ db, userId, clock }) {
    const live = await liveSignalsFor(db, userId, clock.marketNow())
    const lines = live.map(
      ({ action, symbol, source, confidence }) =>
        `${action} ${symbol}, ${percent(confidence)} sure · ${source}`,
    )
    return { html: listing('Signals', lines, 'No signal holds now.') }
  },
}
