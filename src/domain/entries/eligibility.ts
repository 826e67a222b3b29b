import type { Side } from '../side.ts'
import { baseOf } from '../signal.ts'
import type { DecisionInput } from './decision.ts'
import { note, pass, percentText, refuse, type Verdict } from './verdict.ts'

const leastProbability = 0.55

/** Whether the account's market lists the base against its quote. */
export function isListed({ filters, account, signal }: DecisionInput): Verdict {
  const base = baseOf(signal.symbol)
  if (filters !== undefined) return pass({ symbol: filters.symbol })
  return refuse(`${base} is not listed against ${account.quote} on ${account.exchange} ${account.market}`)
}

/** Whether the base is among the user's symbols. */
export function isChosenSymbol(input: DecisionInput): Verdict {
  const { signal, settings } = input
  const base = baseOf(signal.symbol)
  if (settings.symbols === 'all') return pass({ base })
  const chosen = settings.symbols === 'top10' ? input.topBases : settings.symbols
  if (chosen.includes(base)) return pass({ base })
  const list = settings.symbols === 'top10' ? 'the top 10 by volume' : "the user's symbols"
  return refuse(`${base} is not among ${list}`, { base })
}

/** Market safety: no new longs while BTC falls in order below its floor. */
export function marketSafety({ settings, safety }: DecisionInput, side: Side): Verdict {
  if (!settings.marketSafety || side === 'short') return pass({ isOn: settings.marketSafety })
  if (safety === undefined) return note('BTC has too little history to judge', { isOn: true })
  const { isSafe, ...reading } = safety
  return isSafe ? pass({ ...reading }) : refuse('BTC falls: no new longs', { ...reading })
}

/** The ML filter: a setup under 0.55 is refused; without a model everything passes, with one that does not fit nothing. */
export function mlFilter({ settings, mlProbability, mlRefusal }: DecisionInput): Verdict {
  if (settings.mlFilter && mlRefusal !== undefined)
    return refuse(`the ML filter cannot be asked: ${mlRefusal}`, { isOn: true, probability: null })
  if (!settings.mlFilter || mlProbability === undefined)
    return pass({ isOn: settings.mlFilter, probability: null })
  if (mlProbability === null)
    return note('too few candles for the ML filter to judge', { isOn: true, probability: null })
  const numbers = { probability: mlProbability, least: leastProbability }
  if (mlProbability >= leastProbability) return pass(numbers)
  return refuse(`the setup wins with a probability of ${percentText(mlProbability)}, under 55 %`, numbers)
}
