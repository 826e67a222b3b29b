import { accountOrThrow } from '#db/accounts.ts'
import { entryDecidedAt } from '#db/decisions.ts'
import { liveSignalsFor } from '#db/signals.ts'
import { findSettings } from '#db/trading-settings.ts'
import { decide } from '../domain/entries/decide.ts'
import { resolveSettings } from '../domain/trading-settings.ts'
import type { OrderDesk } from '../orders/order-desk.ts'
import type { Judge } from '../orders/plan-again.ts'
import { type Cycle, inputOf, readMarket } from './question.ts'

/** What judging needs beside the order path. */
type JudgeDesk = Omit<OrderDesk, 'config'> & {
  readonly config: OrderDesk['config'] & { readonly trustedSources: readonly string[] }
  readonly setupFilter: Cycle['setupFilter']
}

/**
 * Decides once more on an entry that a person wants tried again: every rule and limit as for a new one, except that what
 * its own first attempt left (having entered on the signal, one entry of the day and the hour) does not count against it.
 */
export function judgeWith(desk: JudgeDesk): Judge {
  return async (order, signal) => {
    const { db, keys, config, clock, workerId: actor } = desk
    const account = await accountOrThrow(db, order.accountId)
    const { user, account: own } = await findSettings(db, account.userId, account.id)
    const settings = resolveSettings({ user, account: own, market: account.market })
    const cycle = {
      db,
      keys,
      account,
      feed: desk.feedOf(account),
      trustedSources: config.trustedSources,
      setupFilter: desk.setupFilter,
      speed: config.replaySpeed,
      marketNowMs: clock.marketNow(),
      actor,
    }
    const market = await readMarket(cycle, settings, signal)
    return async (tx) => {
      const signals = await liveSignalsFor(tx, account.userId, cycle.marketNowMs)
      const input = await inputOf(cycle, tx, { settings, signal, signals, market })
      const ownMs = await entryDecidedAt(tx, order.positionId)
      const entryTimesMs = [...input.history.entryTimesMs]
      const at = entryTimesMs.indexOf(ownMs ?? Number.NaN)
      if (at !== -1) entryTimesMs.splice(at, 1)
      return decide({ ...input, history: { ...input.history, entryTimesMs, hasEnteredSignal: false } })
    }
  }
}
