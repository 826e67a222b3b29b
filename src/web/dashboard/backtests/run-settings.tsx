import type { WholeBacktest } from '../../api/backtest-answers.ts'
import { Panel } from '../parts/panel.tsx'
import { sentence } from '../parts/words.ts'

/** What a run was asked, so that it can be asked again. */
export function RunSettings({ run: { terms, settings } }: { run: WholeBacktest }) {
  const costs = [
    ['Capital', `${terms.capital.toLocaleString('en-US')} ${terms.quote}`],
    ['Fee', terms.fee === null ? 'the exchange’s taker fee' : ofEach(terms.fee)],
    ['Slippage', ofEach(terms.slippage)],
    ['Funding', `${(terms.fundingRate * 100).toFixed(3)} % every eight hours`],
    ...Object.entries(terms.parameters).map(([name, value]) => [sentence(name), String(value)]),
  ]
  return (
    <Panel title="What was asked">
      <details className="border-t border-line px-4 py-3 text-sm">
        <summary className="cursor-pointer font-medium">Costs and every setting</summary>
        <dl className="mt-3 grid gap-x-6 gap-y-1 sm:grid-cols-2 lg:grid-cols-3">
          {[...costs, ...Object.entries(settings).map(([name, value]) => [sentence(name), said(value)])].map(
            ([name, value]) => (
              <div key={name} className="flex min-w-0 justify-between gap-3">
                <dt className="text-muted">{name}</dt>
                <dd className="min-w-0 text-right break-words">{value}</dd>
              </div>
            ),
          )}
        </dl>
      </details>
    </Panel>
  )
}

function said(value: unknown): string {
  if (value === null) return 'off'
  if (value === true) return 'on'
  if (value === false) return 'off'
  if (typeof value === 'object')
    return JSON.stringify(value)
      .replace(/["{}[\]]/g, ' ')
      .replace(/\s+/g, ' ')
      .trim()
  return String(value)
}

/** A small ratio as percent, with all its digits: 0.0005 is '0.05 %'. */
function ofEach(ratio: number): string {
  return `${Number((ratio * 100).toFixed(6))} %`
}
