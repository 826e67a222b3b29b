import type { AccountHistory } from '#src/domain/entries/decision.ts'
import { lookBackOf } from '#src/domain/entries/protections.ts'
import type { TradingSettings } from '#src/domain/trading-settings.ts'
import type { Db } from './client.ts'
import { equitySince } from './equity-snapshots.ts'
import { entryTimesSince, hasEntered } from './holdings.ts'
import { tradesSince } from './trades.ts'

const dayMs = 24 * 3_600_000

/** What an account did before, as far back as limits and protections look; `signalId` is asked about. */
export async function historyOf(
  db: Db,
  asked: {
    readonly accountId: string
    readonly signalId: string
    readonly protections: TradingSettings['protections']
    readonly marketNowMs: number
  },
): Promise<AccountHistory> {
  const { accountId, signalId, protections, marketNowMs } = asked
  const { tradesMs, equityMs } = lookBackOf(protections)
  // One after the other: a transaction is one connection.
  const trades = await tradesSince(db, accountId, new Date(marketNowMs - tradesMs))
  const equity = equityMs === 0 ? [] : await equitySince(db, accountId, marketNowMs - equityMs)
  return {
    trades: trades.map(({ symbol, closedAt, closeReason, profitRatio }) => ({
      symbol,
      closedAtMs: closedAt.getTime(),
      closeReason,
      profitRatio,
    })),
    entryTimesMs: await entryTimesSince(db, accountId, marketNowMs - dayMs),
    equity,
    hasEnteredSignal: await hasEntered(db, accountId, signalId),
  }
}
