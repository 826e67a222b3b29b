import type { ReactNode } from 'react'
import type { Backtest } from '../../api/backtest-answers.ts'
import { money, percent, share, span } from '../parts/format.ts'
import { Gain } from '../parts/gain.tsx'

type Figures = NonNullable<Backtest['figures']>

/** What cannot be said of so few trades. */
const unsaid = '–'

/** Each figure by its name, and how it is written; the order of every list of them. */
export const figureRows: readonly {
  readonly name: string
  readonly meaning: string
  readonly show: (figures: Figures) => ReactNode
}[] = [
  {
    name: 'Profit',
    meaning: 'after fees and funding',
    show: ({ profit, profitRatio }) => <Gain value={profit.toFixed(2)} ratio={profitRatio} />,
  },
  {
    name: 'Held instead',
    meaning: 'equal parts of the symbols, before fees',
    show: ({ holdRatio }) => (holdRatio === null ? unsaid : percent(holdRatio)),
  },
  {
    name: 'Deepest fall',
    meaning: 'below an earlier peak',
    show: ({ maxDrawdown }) => percent(-maxDrawdown),
  },
  { name: 'Trades', meaning: 'closed, each as one', show: ({ trades }) => trades.toLocaleString('en-US') },
  {
    name: 'Won',
    meaning: 'of all trades',
    show: ({ winRate }) => (winRate === null ? unsaid : share(winRate)),
  },
  {
    name: 'Profit factor',
    meaning: 'won money ÷ lost money',
    show: ({ profitFactor }) => profitFactor?.toFixed(2) ?? unsaid,
  },
  {
    name: 'Sharpe',
    meaning: 'daily, a year of 365 days',
    show: ({ sharpe }) => sharpe?.toFixed(2) ?? unsaid,
  },
  { name: 'Sortino', meaning: 'the same, falls alone', show: ({ sortino }) => sortino?.toFixed(2) ?? unsaid },
  { name: 'Fees', meaning: 'of both legs', show: ({ fees }) => money(fees) },
  {
    name: 'Mean holding',
    meaning: 'from entry to exit',
    show: ({ meanHoldingMs }) => (meanHoldingMs === null ? unsaid : span(meanHoldingMs)),
  },
  {
    name: 'In the market',
    meaning: 'of the time',
    show: ({ exposure }) => (exposure === null ? unsaid : share(exposure)),
  },
  { name: 'Signals left', meaning: 'not taken', show: ({ skipped }) => skipped.toLocaleString('en-US') },
]

/** The figures of one run. */
export function FigureTiles({ figures, quote }: { figures: Figures; quote: string }) {
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-xl border border-line bg-line sm:grid-cols-3 lg:grid-cols-6">
      {figureRows.map(({ name, meaning, show }) => (
        <div key={name} className="bg-surface px-4 py-3">
          <dt className="text-xs text-muted" title={meaning}>
            {name}
            {(name === 'Profit' || name === 'Fees') && ` (${quote})`}
          </dt>
          <dd className="mt-0.5 font-semibold tabular-nums">{show(figures)}</dd>
        </div>
      ))}
    </dl>
  )
}
