import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decide } from '#src/domain/entries/decide.ts'
import { previewEntry } from '#src/domain/entries/preview.ts'
import { resolveSettings } from '#src/domain/trading-settings.ts'
import { decisionInput, noon } from '../build.ts'
import { arbitraryInput } from './arbitrary-input.ts'

const base = decisionInput()

test('there is nothing to show for what cannot be entered', () => {
  expect(previewEntry({ ...base, filters: undefined })).toBeUndefined()
  expect(previewEntry({ ...base, signal: { ...base.signal, action: 'HOLD' } })).toBeUndefined()
  expect(previewEntry({ ...base, signal: { ...base.signal, action: 'SELL' } })).toBeUndefined()
})

test('what would refuse the entry is named, and its size is told all the same', () => {
  const settings = resolveSettings({
    market: 'spot',
    user: { symbols: ['ETH'], sources: ['titan_v3'], daily_trade_limit: 1 },
  })
  const history = { ...base.history, entryTimesMs: [noon - 1_000] }
  const preview = previewEntry({ ...base, settings, history })
  expect(preview?.refusals.map(({ rule }) => rule)).toEqual([
    'trusted_source',
    'symbols',
    'daily_trade_limit',
  ])
  expect(Number(preview?.entry.notional)).toBeGreaterThan(0)
})

test('a short that is not allowed is refused by that name', () => {
  const short = {
    ...base,
    signal: { ...base.signal, action: 'SELL' as const },
    account: { ...base.account, market: 'futures' as const },
  }
  const under = (allow_short: boolean) =>
    previewEntry({ ...short, settings: resolveSettings({ market: 'futures', user: { allow_short } }) })
  expect(under(false)?.refusals.map(({ rule }) => rule)).toContain('allow_short')
  expect(under(true)?.refusals).toEqual([])
})

test('the limit that binds is named', () => {
  const under = (max_position: number) =>
    previewEntry({ ...base, settings: resolveSettings({ market: 'spot', user: { max_position } }) })
  expect(under(50)).toMatchObject({ heldDownBy: ['max_position'] })
  expect(Number(under(50)?.entry.notional)).toBeLessThanOrEqual(50)
  expect(under(1e9)?.heldDownBy).not.toContain('max_position')
})

test('a signal that is over and a position that is held do not matter', () => {
  const fresh = previewEntry(base)
  const held = { ...base.signal, expiresAtMs: noon - 1 }
  const exposure = {
    positionId: 'held',
    symbol: 'BTC/USDT',
    side: 'long' as const,
    state: 'open' as const,
    source: 'smart_entry',
    quantity: '0.001',
    notional: '100',
    margin: '100',
    risk: '2',
  }
  expect(previewEntry({ ...base, signal: held, exposures: [exposure] })).toEqual(fresh)
})

test('the preview of an input is what the decision on it enters, and refuses nothing that it takes', () => {
  let opened = 0
  fc.assert(
    fc.property(arbitraryInput, (input) => {
      const decision = decide(input)
      if (decision.outcome !== 'taken' || decision.action !== 'open') return
      opened += 1
      const preview = previewEntry(input)
      expect(preview?.entry).toEqual(decision.entry)
      expect(preview?.refusals).toEqual([])
    }),
    { numRuns: 500 },
  )
  expect(opened).toBeGreaterThan(50)
})

test('whatever the input, the rule that refuses a decision from the symbols on is the first that refuses its preview', () => {
  const later = ['symbols', 'market_safety', 'ml_filter', 'size', 'portfolio', 'minimum', 'max_positions']
  fc.assert(
    fc.property(arbitraryInput, (input) => {
      const decision = decide(input)
      if (decision.outcome !== 'skipped' || !later.includes(decision.rule)) return
      expect(previewEntry(input)?.refusals[0]).toEqual({ rule: decision.rule, reason: decision.reasons[0] })
    }),
    { numRuns: 500 },
  )
})
