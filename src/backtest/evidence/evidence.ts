import { wilson } from '../../domain/learning/wilson.ts'
import { scoringHorizonMs } from '../../signals/score.ts'
import type { RunTerms } from '../terms.ts'
import { EntryOutcomes } from './entry-outcome.ts'
import type { Bar, Birth, MarketRecord } from './market-record.ts'

/** What a source's signals were worth beside random ones. Ratios; a field is null where there is nothing to reckon it from. */
export interface Evidence {
  readonly source: string
  readonly signals: number
  /** Share of them that were BUY. */
  readonly longs: number | null
  /** Whether the price stood on the signal's side six hours later, as live signals are scored. */
  readonly hits: {
    readonly scored: number
    readonly share: number | null
    /** 95 % (Wilson). It takes signals for independent of each other, which those of one hour are not. */
    readonly low: number
    readonly high: number
    /** The mean share of random entries, and the share of them that did at least as well as the source. */
    readonly random: number | null
    readonly p: number | null
  }
  /** Every signal entered at the next open and left by the exits of the settings, after fees. */
  readonly trades: {
    readonly count: number
    /** Mean profit ÷ entry cost. */
    readonly mean: number | null
    /** Gains ÷ losses; null without losses. */
    readonly factor: number | null
    readonly randomMean: number | null
    /** Mean profit factor of random entries. */
    readonly randomFactor: number | null
    readonly p: number | null
  }
}

/** How the test of chance is made. */
export interface ChanceTest {
  readonly permutations: number
  /** Numbers in [0, 1), the same for the same seed. */
  readonly draw: () => number
}

interface Entry {
  readonly ground: Ground
  readonly birth: Pick<Birth, 'bar' | 'side'>
}

interface Sums {
  entries: number
  gains: number
  losses: number
  scored: number
  hits: number
}

/**
 * Weighs a source's signals against chance. A random run has the same signals at other times: all of them, on every symbol,
 * are moved by one random span around the record, so that it keeps their number, sides, rhythm and how they come together
 * across symbols, and loses nothing but their moment. p is (1 + runs that did at least as well) ÷ (1 + runs).
 */
export function weighEvidence(
  source: string,
  grounds: readonly Ground[],
  { permutations, draw }: ChanceTest,
): Evidence {
  const entries = grounds.flatMap((ground) =>
    ground.record.births.filter((birth) => birth.source === source).map((birth) => ({ ground, birth })),
  )
  const seen = sumsOf(entries, 0)
  const span = Math.max(...grounds.map(({ length }) => length), 2)
  const means: number[] = []
  const shares: number[] = []
  const factors: number[] = []
  for (let i = 0; entries.length > 0 && i < permutations; i++) {
    const random = sumsOf(entries, 1 + Math.floor(draw() * (span - 1)))
    means.push(meanOf(random) ?? 0)
    shares.push(shareOf(random) ?? 0)
    factors.push(factorOf(random) ?? Number.NaN)
  }
  const longs = entries.filter(({ birth }) => birth.side === 'long').length
  return {
    source,
    signals: entries.length,
    longs: entries.length === 0 ? null : longs / entries.length,
    hits: {
      scored: seen.scored,
      share: shareOf(seen),
      ...wilson(seen.hits, seen.scored),
      random: average(shares),
      p: atLeast(shares, shareOf(seen)),
    },
    trades: {
      count: seen.entries,
      mean: meanOf(seen),
      factor: factorOf(seen),
      randomMean: average(means),
      randomFactor: average(factors.filter(Number.isFinite)),
      p: atLeast(means, meanOf(seen)),
    },
  }
}

/** A symbol's record with what becomes of entries in it. Signals before `fromMs` are none of it. */
export class Ground {
  readonly record: MarketRecord
  readonly outcomes: EntryOutcomes
  readonly #first: number

  constructor(record: MarketRecord, terms: RunTerms, fromMs = Number.NEGATIVE_INFINITY) {
    this.record = record
    this.outcomes = new EntryOutcomes(record, terms)
    // A signal is said at the close of a bar, so the first that can be entered at is the second.
    const first = record.bars.findIndex(({ openMs }) => openMs >= fromMs)
    this.#first = first === -1 ? record.bars.length : Math.max(1, first)
  }

  /** Bars that may be entered at. */
  get length(): number {
    return this.record.bars.length - this.#first
  }

  /** The bar so many bars later, around the record. */
  moved(bar: number, by: number): number {
    return ((bar - this.#first + by) % this.length) + this.#first
  }

  /** Whether the price was on the side's way six hours after the open of a bar; undefined when they are not over. */
  isHit({ bar, side }: Pick<Birth, 'bar' | 'side'>): boolean | undefined {
    const { bars, stepMs } = this.record
    const said = bars[bar - 1]
    const dueMs = (bars[bar] as Bar).openMs + scoringHorizonMs
    let last = bar - 1 + Math.floor(scoringHorizonMs / stepMs)
    if (last >= bars.length || said === undefined) return undefined
    while (last > bar && (bars[last] as Bar).openMs >= dueMs) last -= 1
    const move = (bars[last] as Bar).close - said.close
    return side === 'long' ? move > 0 : move < 0
  }
}

function sumsOf(entries: readonly Entry[], by: number): Sums {
  const sums: Sums = { entries: 0, gains: 0, losses: 0, scored: 0, hits: 0 }
  for (const { ground, birth } of entries) {
    const bar = by === 0 ? birth.bar : ground.moved(birth.bar, by)
    const { side } = birth
    const outcome = ground.outcomes.at(bar, side)
    if (outcome !== undefined) {
      sums.entries += 1
      if (outcome.profitRatio > 0) sums.gains += outcome.profitRatio
      else sums.losses -= outcome.profitRatio
    }
    const isHit = ground.isHit({ bar, side })
    if (isHit !== undefined) sums.scored += 1
    if (isHit) sums.hits += 1
  }
  return sums
}

function meanOf({ entries, gains, losses }: Sums): number | null {
  return entries === 0 ? null : (gains - losses) / entries
}

function shareOf({ scored, hits }: Sums): number | null {
  return scored === 0 ? null : hits / scored
}

function factorOf({ gains, losses }: Sums): number | null {
  return losses === 0 ? null : gains / losses
}

function average(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}

/** The p value; a hair under counts as equal, for sums of the same numbers may differ by binary dust. */
function atLeast(random: readonly number[], seen: number | null): number | null {
  if (seen === null || random.length === 0) return null
  return (1 + random.filter((value) => value >= seen - 1e-12).length) / (1 + random.length)
}
