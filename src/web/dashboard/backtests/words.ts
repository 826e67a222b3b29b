import type { Backtest } from '../../api/backtest-answers.ts'
import { venueName } from '../parts/words.ts'

/** Whether a run is not over. */
export function isUnderWay({ state }: Pick<Backtest, 'state'>): boolean {
  return state === 'queued' || state === 'running'
}

/** How a run stands, in a word and its colour. */
export const stateWords = {
  queued: { word: 'Waiting', tone: 'plain' },
  running: { word: 'Running', tone: 'accent' },
  done: { word: 'Done', tone: 'up' },
  failed: { word: 'Failed', tone: 'down' },
  cancelled: { word: 'Cancelled', tone: 'plain' },
} as const

const strategies: Readonly<Record<string, string>> = { 'smart-entry': 'Smart entry', council: 'Council' }

/** What a strategy is called. */
export function strategyName(strategy: string): string {
  return strategies[strategy] ?? strategy.replace(/^strategy:/, '')
}

/** What a run is about, in one line. */
export function runFacts({ terms }: Pick<Backtest, 'terms'>): string {
  const { symbols, timeframe, from, to } = terms
  const days = Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)
  const what = symbols === 'top10' ? 'the ten most traded' : symbols.join(', ')
  return `${strategyName(terms.strategy)} on ${what}, ${venueName(terms)} (${terms.mode}), ${timeframe} candles, ${from.slice(0, 10)} to ${to.slice(0, 10)} (${days} ${days === 1 ? 'day' : 'days'})`
}
