import { sql } from 'kysely'
import type { Db } from './client.ts'

/** What one of the operator's strategies says of itself. */
export interface StrategyDescription {
  /** `strategy:` and its name. */
  readonly source: string
  readonly timeframe: string
  /** Candles it sees before it says anything. */
  readonly warmup: number
  readonly parameters: readonly {
    readonly name: string
    readonly value: number | string | boolean
    /** Its bounds, its default, and what it is for. */
    readonly about: string
  }[]
}

/** Keeps what a strategy says of itself, as it was loaded now. */
export async function describeStrategy(db: Db, strategy: StrategyDescription): Promise<void> {
  const values = {
    timeframe: strategy.timeframe,
    warmup: strategy.warmup,
    parameters: JSON.stringify(strategy.parameters),
    loaded_at: sql<Date>`now()`,
  }
  await db
    .insertInto('strategies')
    .values({ source: strategy.source, ...values })
    .onConflict((conflict) => conflict.column('source').doUpdateSet(values))
    .execute()
}

/** Every strategy that was ever loaded here, by name. */
export async function describedStrategies(db: Db): Promise<StrategyDescription[]> {
  const rows = await db
    .selectFrom('strategies')
    .select(['source', 'timeframe', 'warmup', 'parameters'])
    .orderBy('source')
    .execute()
  return rows.map((row) => ({
    ...row,
    parameters: row.parameters as unknown as StrategyDescription['parameters'],
  }))
}
