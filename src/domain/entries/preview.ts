import { allowsShort } from '../market.ts'
import type { Side } from '../side.ts'
import type { DecisionInput, Entry } from './decision.ts'
import { entrySteps } from './entry-steps.ts'
import { distrust } from './trusted-source.ts'
import { validate } from './validate.ts'

/** What an entry would be under some settings. */
export interface EntryPreview {
  /** Its size after every limit; the quantity is zero where there is nothing to stake. */
  readonly entry: Entry
  /** The limits that hold the size down, the one that its formula met first. */
  readonly heldDownBy: readonly string[]
  /** The rules that would refuse it as things stand, in their order, each with its reason. */
  readonly refusals: readonly { readonly rule: string; readonly reason: string }[]
}

/**
 * The next entry on the input's symbol under the input's settings, by the steps that decide. It is taken for new: what the
 * account holds of the symbol, and whether the signal has expired or is confident enough by now, do not matter. Where a
 * decision on the same input opens a position, its entry is this one. Undefined where the symbol is not listed, or the
 * signal asks for what the market cannot do.
 */
export function previewEntry(input: DecisionInput): EntryPreview | undefined {
  const { signal, settings, account, filters, trustedSources } = input
  if (filters === undefined || signal.action === 'HOLD') return undefined
  const side: Side = signal.action === 'BUY' ? 'long' : 'short'
  if (side === 'short' && !allowsShort(account.market)) return undefined
  const refusals: { rule: string; reason: string }[] = []
  const untrusted = distrust(signal, { operator: trustedSources, user: settings.sources })
  if (untrusted !== undefined) refusals.push({ rule: 'trusted_source', reason: untrusted })
  if (side === 'short' && !settings.allowShort)
    refusals.push({ rule: 'allow_short', reason: 'allow_short is off' })
  const asked = {
    ...input,
    exposures: input.exposures.filter(({ symbol }) => symbol !== filters.symbol),
    history: { ...input.history, hasEnteredSignal: false },
  }
  const heldDownBy: string[] = []
  const pipeline = entrySteps(asked, filters, { side, score: validate(input).score })
  for (;;) {
    const next = pipeline.next()
    if (next.done) return { entry: next.value.entry, heldDownBy, refusals }
    const { name, passed, reason, numbers } = next.value
    if (!passed) refusals.push({ rule: name, reason: reason ?? `${name} refuses it` })
    const limit = numbers[name === 'size' ? 'cappedBy' : 'narrowest']
    if (typeof limit === 'string') heldDownBy.push(limit)
  }
}
