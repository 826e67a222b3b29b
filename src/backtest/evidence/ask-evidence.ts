import { UserError } from '../../errors.ts'
import type { LoadedStrategy } from '../../signals/strategies/load.ts'
import { type PlannedRun, planRun, type Wish } from '../plan-run.ts'
import { type ChanceTest, type Evidence, Ground, weighEvidence } from './evidence.ts'
import { type EvidenceSource, recordMarket } from './market-record.ts'

/** The markets of a wish in memory with what each strategy said over them, and the terms that entries are tried on. */
export interface Recorded {
  readonly planned: PlannedRun
  readonly sources: readonly EvidenceSource[]
  readonly grounds: readonly Ground[]
}

/**
 * Walks the candles of a wish once for all its strategies. `onSymbol` hears of each symbol before it begins. Throws UserError
 * as `planRun` does, and when two strategies have one name.
 */
export async function recordAll(
  wish: Omit<Wish, 'strategy' | 'signals'>,
  strategies: readonly LoadedStrategy[],
  onSymbol?: (symbol: string) => void,
): Promise<Recorded> {
  const plans: PlannedRun[] = []
  for (const strategy of strategies) plans.push(await planRun({ ...wish, strategy }))
  const [planned] = plans
  if (planned === undefined) throw new UserError('nothing gives signals: name a --strategy')
  const sources = plans.map(({ plan: { origin } }, i) => ({
    source: origin.source,
    strategy: strategies[i] as LoadedStrategy,
  }))
  const names = sources.map(({ source }) => source)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined) throw new UserError(`two strategies speak as ${twice}: name each once`)
  const { terms, markets } = planned.plan
  const grounds: Ground[] = []
  for (const market of markets) {
    onSymbol?.(market.symbol)
    const record = await recordMarket(market, sources, wish)
    const ground = new Ground(record, terms, wish.fromMs)
    if (ground.length > 0) grounds.push(ground)
  }
  if (grounds.length === 0) throw new UserError('no candle opens in the time that was asked for')
  return { planned, sources, grounds }
}

/** The evidence of each source, one after the other. */
export function* evidenceOf({ sources, grounds }: Recorded, test: ChanceTest): Generator<Evidence> {
  for (const { source } of sources) yield weighEvidence(source, grounds, test)
}
