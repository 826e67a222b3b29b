import { z } from 'zod'
import { type Account, accountsOf } from '#db/accounts.ts'
import type { Db } from '#db/client.ts'
import { findSettings } from '#db/trading-settings.ts'
import { distrust } from '../../domain/entries/trusted-source.ts'
import { cycleEveryMs } from '../../domain/profiles.ts'
import { resolveSettings } from '../../domain/trading-settings.ts'
import { noSuch } from '../problem.ts'
import { decision, decisionRows, toDecision } from './decisions.ts'
import { idOf } from './fields.ts'
import { marketNow } from './market-time.ts'
import { route } from './route.ts'
import { type Signal, signal, toSignal } from './signals.ts'

const verdict = z.object({
  accountId: z.uuid(),
  account: z.string(),
  /** What was decided last; null when nothing was. */
  decision: decision.nullable(),
  /** Why nothing was decided, in words; null when something was. */
  why: z.string().nullable(),
})
export type SignalVerdict = z.infer<typeof verdict>

/** A signal, and for each account of the caller why it was taken or was not. */
export const getSignalVerdicts = route({
  method: 'get',
  path: '/signals/:id',
  summary: 'One signal, and for each account of the caller why it was or was not taken.',
  params: idOf('signal'),
  answer: z.object({ signal, verdicts: z.array(verdict) }),
  async handle({ db, user, market, params }) {
    const row = await db
      .selectFrom('trading_signals')
      .selectAll()
      .where('id', '=', params.id)
      .executeTakeFirst()
    if (!row) throw noSuch('signal', params.id, '/signals')
    const told = toSignal(row, await marketNow(db, market))
    const rows = await decisionRows(db)
      .where('decisions.signal_id', '=', params.id)
      .orderBy('decisions.created_at', 'desc')
      .execute()
    const verdicts: SignalVerdict[] = []
    for (const account of await accountsOf(db, user.id)) {
      const found = rows.find(({ account_id }) => account_id === account.id)
      const why = found ? null : await whyNot(db, account, { ...told, userId: row.user_id })
      verdicts.push({
        accountId: account.id,
        account: account.name,
        decision: found ? toDecision(found) : null,
        why,
      })
    }
    return { signal: told, verdicts }
  },
})

/** Why an account has decided nothing on a signal. */
async function whyNot(
  db: Db,
  account: Account,
  one: Signal & { readonly userId: string | null },
): Promise<string> {
  const settings = resolveSettings({
    ...(await findSettings(db, account.userId, account.id)),
    market: account.market,
  })
  const untrusted = distrust(one, { operator: [one.source], user: settings.sources })
  if (untrusted !== undefined) return `${untrusted}: add it under Settings, Sources`
  if (one.action === 'HOLD') return 'HOLD asks for nothing: it ends what the source said before'
  if (account.status !== 'active')
    return `the account takes no entries: ${account.statusReason ?? account.status}`
  if (one.isLive)
    return `not looked at yet: this account decides every ${cycleEveryMs[settings.profile] / 1_000} s`
  return 'the signal was over before the account looked at it, or the operator does not trust its source'
}
