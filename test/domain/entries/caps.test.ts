import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Decimal } from '#src/domain/decimal.ts'
import { categoryOf } from '#src/domain/entries/categories.ts'
import { decide } from '#src/domain/entries/decide.ts'
import type { Decision, DecisionInput, Exposure } from '#src/domain/entries/decision.ts'
import { tierOf } from '#src/domain/entries/tiers.ts'
import { exitRulesFor } from '#src/domain/exits/exit-rules.ts'
import { closableQuantity } from '#src/domain/exits/venue-minimum.ts'
import { allowsShort } from '#src/domain/market.ts'
import { brokenFilter } from '#src/domain/market-filters.ts'
import { baseOf } from '#src/domain/signal.ts'
import { arbitraryInput } from './arbitrary-input.ts'

type Taken = Extract<Decision, { action: 'open' }>

/** What is reckoned here anew, from the input alone. */
interface Reckoned {
  readonly input: DecisionInput
  readonly equity: Decimal
  readonly notional: Decimal
  readonly margin: Decimal
  /** Loss at the stop; without one everything. */
  readonly risk: Decimal
  readonly isRaised: boolean
}

/** Rounding of what the record shows. */
const hair = '1e-7'

const caps: Readonly<Record<string, (entry: Reckoned) => boolean>> = {
  'max_position (ase)': ({ input, notional }) =>
    input.settings.profile === 'pro' || notional.lte(input.settings.maxPosition),
  'a quarter of the balance: the notional in ase, the margin in pro': ({ input, isRaised, ...entry }) =>
    isRaised || entry[input.settings.profile === 'pro' ? 'margin' : 'notional'].lte(entry.equity.times(0.25)),
  'the risk of the tier': ({ input, equity, risk }) =>
    !input.settings.riskTiers || risk.lte(equity.times(tierOf(equity.toNumber()).maxRisk).plus(hair)),
  'the heat of the tier': ({ input, equity, risk }) =>
    !input.settings.riskTiers ||
    risk.plus(total(input.exposures, 'risk')).lte(equity.times(tierOf(equity.toNumber()).heat).plus(hair)),
  'free margin, fee included': ({ input: { account }, margin, notional }) =>
    margin.plus(notional.times(account.takerFee)).lte(new Decimal(account.freeQuote).plus(hair)),
  'a quarter of equity in one asset': ({ input, equity, margin, isRaised }) =>
    isRaised || margin.plus(total(alike(input, baseOf), 'margin')).lte(equity.times(0.25).plus(hair)),
  'the category': ({ input, equity, margin, notional }) => {
    const category = categoryOf(baseOf(input.signal.symbol))
    const others = alike(input, (symbol) => categoryOf(baseOf(symbol)))
    if (category === 'l1') return notional.plus(total(others, 'notional')).lte(equity.times(4).plus(hair))
    const share = category === 'meme' ? 0.1 : category === 'defi' ? 0.5 : 0.4
    return margin.plus(total(others, 'margin')).lte(equity.times(share).plus(hair))
  },
  'a tenth of equity stays free': ({ input, equity, margin }) =>
    new Decimal(input.account.freeQuote).minus(margin).gte(equity.times(0.1).minus(hair)),
  max_positions: ({ input }) => input.exposures.length < input.settings.maxPositions,
}

test.each(Object.entries(caps))(
  'no entry exceeds %s',
  (_, holds) => {
    const taken = { count: 0 }
    fc.assert(
      fc.property(arbitraryInput, (input) => {
        const decision = decide(input)
        if (decision.outcome !== 'taken' || decision.action !== 'open') return
        taken.count += 1
        expect(holds(reckon(input, decision)), JSON.stringify(decision.entry)).toBe(true)
      }),
      { numRuns: 500 },
    )
    expect(taken.count).toBeGreaterThan(20)
  },
  60_000,
)

test('every entry is one that the venue takes, on the market it has, at a leverage that everybody allows', () => {
  fc.assert(
    fc.property(arbitraryInput, (input) => {
      const decision = decide(input)
      if (decision.outcome !== 'taken' || decision.action !== 'open') return
      const { entry } = decision
      const { account, settings, filters } = input
      if (filters === undefined) throw new Error('an entry on what is not listed')
      expect(brokenFilter({ quantity: entry.quantity, price: entry.entryPrice }, filters)).toBeUndefined()
      expect(entry.side === 'long' || allowsShort(account.market)).toBe(true)
      expect(entry.leverage).toBeLessThanOrEqual(account.market === 'spot' ? 1 : settings.leverage)
      if (account.market !== 'spot' || entry.stopLoss === null) return
      // What the fee leaves can be sold again at the stop.
      const left = new Decimal(entry.quantity).times(1 - account.takerFee).toString()
      expect(closableQuantity(left, entry.stopLoss, exitRulesFor(settings, filters, 'spot'))).not.toBe('0')
    }),
    { numRuns: 500 },
  )
}, 60_000)

test('the record names every cap that was looked at, and the size is within each of them', () => {
  fc.assert(
    fc.property(arbitraryInput, (input) => {
      const decision = decide(input)
      const size = decision.steps.find(({ name }) => name === 'size')
      if (decision.outcome !== 'taken' || decision.action !== 'open' || size === undefined) return
      const { isRaised, notional } = reckon(input, decision)
      const names = [
        'quarter_of_balance',
        'free_margin',
        ...(input.settings.profile === 'ase' ? ['max_position'] : []),
      ]
      for (const name of names) expect(size.numbers, name).toHaveProperty(name)
      if (isRaised) return
      for (const name of [...names, 'tier_risk', 'portfolio_heat', 'half_kelly']) {
        const cap = size.numbers[name]
        if (cap !== undefined) expect(notional.lte(new Decimal(String(cap)).plus(hair)), name).toBe(true)
      }
    }),
  )
}, 60_000)

function reckon(input: DecisionInput, { entry, steps }: Taken): Reckoned {
  const notional = new Decimal(entry.quantity).times(entry.entryPrice)
  const stop = entry.stopLoss ?? (entry.side === 'long' ? 0 : 2 * entry.entryPrice)
  const raised = steps.find(({ name }) => name === 'size')?.reason?.startsWith('raised') ?? false
  return {
    input,
    equity: new Decimal(input.account.equity),
    notional,
    margin: notional.div(entry.leverage),
    risk: new Decimal(entry.entryPrice).minus(stop).abs().times(entry.quantity),
    isRaised: raised,
  }
}

function alike({ exposures, signal }: DecisionInput, kindOf: (symbol: string) => string): Exposure[] {
  return exposures.filter(({ symbol }) => kindOf(symbol) === kindOf(signal.symbol))
}

function total(exposures: readonly Exposure[], of: 'margin' | 'notional' | 'risk'): Decimal {
  return exposures.reduce((sum, exposure) => sum.plus(exposure[of]), new Decimal(0))
}
