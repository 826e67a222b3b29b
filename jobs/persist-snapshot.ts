import { accountOrThrow, openAccounts } from '#db/accounts.ts'
import { recordSnapshot } from '#db/equity-snapshots.ts'
import { holdingsOf } from '#db/holdings.ts'
import { hasOpening, ledgerBalances } from '#db/ledger.ts'
import { reconciliationOf } from '#db/reconciliations.ts'
import { persistSnapshot } from '#src/queue/contracts.ts'
import { done, skipped } from '#src/queue/job.ts'
import { symbolOn } from '#src/trading/symbol.ts'
import { reservedByHand, worthOf } from '#src/trading/worth.ts'
import { job, spreadOffset } from './context.ts'

const everyMs = 60_000

/** Records what an account is worth now, by its books and the prices of now. */
export default job(persistSnapshot, {
  schedule: async ({ db }) =>
    (await openAccounts(db)).map(({ id }) => ({
      key: `snapshot-${id}`,
      data: { accountId: id },
      everyMs,
      offsetMs: spreadOffset(id, everyMs),
    })),

  async run({ accountId }, { db, clock, feedOf }) {
    const account = await accountOrThrow(db, accountId)
    if (!(await hasOpening(db, accountId))) return skipped('its books are not opened yet')
    const prices = await feedOf(account).prices()
    const worth = worthOf({
      market: account.market,
      quote: account.quote,
      balances: await ledgerBalances(db, accountId),
      holdings: await holdingsOf(db, accountId),
      reservedByHand: reservedByHand(account.market, (await reconciliationOf(db, accountId)).external),
      priceOf: (base) => prices.get(symbolOn(account, base)),
    })
    await recordSnapshot(db, {
      accountId,
      userId: account.userId,
      atMs: clock.wallNow(),
      marketAtMs: clock.marketNow(),
      ...worth,
    })
    return done
  },
})
