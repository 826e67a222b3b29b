import { z } from 'zod'
import { historyOf } from '#db/account-history.ts'
import { type Account, accountsOf } from '#db/accounts.ts'
import type { Db } from '#db/client.ts'
import { type EntryExample, findEntryExample } from '#db/entry-examples.ts'
import { findSettings } from '#db/trading-settings.ts'
import { type EntryPreview, previewEntry } from '../../domain/entries/preview.ts'
import { warningsOf } from '../../domain/setting-warnings.ts'
import { mergeSettings, resolveSettings } from '../../domain/trading-settings.ts'
import { decimal, instant } from './fields.ts'
import { type MarketPace, marketNow } from './market-time.ts'
import { route } from './route.ts'
import { edited, settingsEdit, settingWarning } from './settings.ts'
import { settingsQuery } from './settings-place.ts'

/** What the next entry would be. */
const outcome = z.object({
  quantity: decimal,
  notional: decimal,
  margin: decimal,
  /** Loss at the stop, in quote; and of the account's equity. */
  risk: decimal,
  riskRatio: z.number(),
  leverage: z.number(),
  stopLoss: z.number().nullable(),
  takeProfit: z.number().nullable(),
  stopsFrom: z.enum(['signal', 'atr', 'fixed']),
  /** The limits that hold the size down, by name. */
  heldDownBy: z.array(z.string()).readonly(),
  /** What would refuse the entry as things stand. */
  refusals: z.array(z.object({ rule: z.string(), reason: z.string() })).readonly(),
})
export type EntryOutcome = z.infer<typeof outcome>

const accountPreview = z.object({
  accountId: z.uuid(),
  name: z.string(),
  mode: z.enum(['paper', 'testnet', 'live']),
  quote: z.string(),
  equity: decimal.nullable(),
  /** The entry that the account looked at last; null before the first. */
  example: z
    .object({
      symbol: z.string(),
      side: z.enum(['long', 'short']),
      price: z.number(),
      confidence: z.number(),
      source: z.string(),
      at: instant,
    })
    .nullable(),
  before: outcome.nullable(),
  after: outcome.nullable(),
  /** What is dangerous about the settings as they would be. */
  warnings: z.array(settingWarning),
})
const preview = z.object({ accounts: z.array(accountPreview) })
export type SettingsPreview = z.infer<typeof preview>

/** What a change of the settings does to the size of the next order, by the functions that decide. Changes nothing. */
export const previewSettings = route({
  method: 'post',
  path: '/settings/preview',
  scope: 'read',
  summary: 'What a change of settings does to the next order of each account it holds for. Changes nothing.',
  query: settingsQuery,
  body: settingsEdit,
  answer: preview,
  async handle({ db, user, market, query, body }) {
    const accounts = (await accountsOf(db, user.id)).filter(
      ({ id }) => query.account === undefined || id === query.account,
    )
    const previews: z.infer<typeof accountPreview>[] = []
    for (const account of accounts) {
      const stored = await findSettings(db, user.id, account.id)
      const draft =
        query.account === undefined
          ? { ...stored, user: edited(stored.user, body) }
          : { ...stored, account: edited(stored.account, body) }
      const layers = { before: stored, after: draft }
      previews.push(await previewOn(db, account, market, layers))
    }
    return { accounts: previews }
  },
})

type Layers = Awaited<ReturnType<typeof findSettings>>

async function previewOn(
  db: Db,
  account: Account,
  pace: MarketPace,
  layers: { readonly before: Layers; readonly after: Layers },
) {
  const { id, name, mode, quote, market } = account
  const example = await findEntryExample(db, id)
  const now = (await marketNow(db, pace)) ?? example?.at
  const under = async (of: Layers) => {
    if (!example || !now) return null
    const settings = resolveSettings({ ...of, market })
    const { protections } = settings
    const asked = {
      accountId: id,
      signalId: example.input.signal.id,
      protections,
      marketNowMs: now.getTime(),
    }
    const history = await historyOf(db, asked)
    const shown = previewEntry({ ...example.input, settings, history, marketNowMs: now.getTime() })
    return shown ? outcomeOf(shown, example.input.account.equity) : null
  }
  return {
    accountId: id,
    name,
    mode,
    quote,
    equity: example?.input.account.equity ?? null,
    example: example ? exampleOf(example) : null,
    before: await under(layers.before),
    after: await under(layers.after),
    warnings: warningsOf(mergeSettings({ ...layers.after, market })),
  }
}

function exampleOf({ at, input }: EntryExample) {
  const { signal, filters, market } = input
  return {
    symbol: filters?.symbol ?? signal.symbol,
    side: signal.action === 'SELL' ? ('short' as const) : ('long' as const),
    price: market.price,
    confidence: signal.confidence,
    source: signal.source,
    at: at.toISOString(),
  }
}

function outcomeOf({ entry, heldDownBy, refusals }: EntryPreview, equity: string): EntryOutcome {
  const { quantity, notional, margin, risk, leverage, stopLoss, takeProfit, stopsFrom } = entry
  const riskRatio = Number(equity) > 0 ? Number(risk) / Number(equity) : 0
  const size = { quantity, notional, margin, risk, riskRatio, leverage }
  return { ...size, stopLoss, takeProfit, stopsFrom, heldDownBy, refusals }
}
