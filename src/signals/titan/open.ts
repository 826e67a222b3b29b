import type { Db } from '#db/client.ts'
import { correctSpending, spend } from '#db/model-spending.ts'
import type { Config } from '../../config.ts'
import type { DailyBudget, ModelPrice, Purse } from './cost.ts'
import { httpTitan } from './http.ts'
import type { TitanProvider } from './provider.ts'

/** The variables that say who titan is. */
export type TitanConfig = Pick<
  Config,
  | 'titanUrl'
  | 'titanKey'
  | 'supabaseUrl'
  | 'supabaseKey'
  | 'titanModel'
  | 'titanModelUrl'
  | 'titanModelKey'
  | 'titanModelPrice'
  | 'titanDailyBudgetUsd'
  | 'titanDailyBudgetTokens'
>

/** Whether there is a titan at all. */
export function isTitanConfigured({ titanUrl, titanModel, supabaseUrl }: TitanConfig): boolean {
  return titanUrl !== undefined || titanModel !== undefined || supabaseUrl !== undefined
}

/** Titan as it is configured: TITAN_URL before TITAN_MODEL before Supabase's edge function; undefined without any. */
export async function openTitan(config: TitanConfig, db: Db): Promise<TitanProvider | undefined> {
  const { titanUrl, titanKey, titanModel, supabaseUrl, supabaseKey } = config
  if (titanUrl !== undefined) return httpTitan({ url: titanUrl, key: titanKey })
  if (titanModel !== undefined) return titanOfModel(config, databasePurse(db, budgetOf(config)))
  if (supabaseUrl === undefined) return undefined
  // Supabase's key goes to Supabase's address alone.
  const url = `${supabaseUrl.replace(/\/+$/, '')}/functions/v1/titan_v3`
  return httpTitan({ url, key: titanKey ?? supabaseKey })
}

/** Titan as the model of TITAN_MODEL; what it needs is loaded now. */
export async function titanOfModel(config: TitanConfig, purse: Purse): Promise<TitanProvider> {
  const { titanModel = '', titanModelUrl: url, titanModelKey: key } = config
  const [{ modelTitan }, { languageModel }] = await Promise.all([
    import('./model.ts'),
    import('./language-model.ts'),
  ])
  return modelTitan({
    model: await languageModel({ name: titanModel, url, key }),
    price: priceOf(config),
    purse,
  })
}

/** What may be spent on a model in a day. */
export function budgetOf({ titanDailyBudgetTokens, titanDailyBudgetUsd }: TitanConfig): DailyBudget {
  return { tokens: titanDailyBudgetTokens, usd: titanDailyBudgetUsd }
}

/** What nobody priced is reckoned as dear as the dearest common models, and a model of one's own machine as free. */
function priceOf({ titanModelPrice, titanModel }: TitanConfig): ModelPrice {
  if (titanModelPrice) return titanModelPrice
  return titanModel?.startsWith('ollama:') ? { input: 0, output: 0 } : { input: 15, output: 75 }
}

/** One purse for the whole cluster. */
function databasePurse(db: Db, budget: DailyBudget): Purse {
  return {
    take: (cost) => spend(db, cost, budget),
    settle: (taken, used) =>
      correctSpending(db, { tokens: used.tokens - taken.tokens, usd: used.usd - taken.usd }),
  }
}
