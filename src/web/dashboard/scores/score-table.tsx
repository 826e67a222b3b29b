import type { ScoreRecord } from '../../api/scores.ts'
import { percent, share } from '../parts/format.ts'

const columns = ['Signals', 'Right', '95 %', 'Move', 'After fees', 'Brier']

/** Groups of signals under each other: how many, how often right, what they brought. */
export function ScoreTable({
  caption,
  head,
  rows,
}: {
  caption: string
  head: string
  rows: readonly (ScoreRecord & { readonly name: string })[]
}) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached with the keyboard, too
    <section aria-label={caption} tabIndex={0} className="min-w-0 overflow-x-auto">
      <table className="w-full text-right text-xs whitespace-nowrap tabular-nums">
        <caption className="sr-only">{caption}</caption>
        <thead className="text-muted">
          <tr>
            <th scope="col" className="py-1 pr-3 text-left font-medium">
              {head}
            </th>
            {columns.map((column) => (
              <th key={column} scope="col" className="py-1 pl-3 font-medium">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {rows.map((row) => (
            <tr key={row.name}>
              <th scope="row" className="py-1 pr-3 text-left font-medium">
                {row.name}
              </th>
              <td className="py-1 pl-3">{row.samples.toLocaleString()}</td>
              <td className="py-1 pl-3">{share(row.hitRate)}</td>
              <td className="py-1 pl-3 text-muted">
                {share(row.low)} – {share(row.high)}
              </td>
              <td className="py-1 pl-3">{percent(row.meanMove)}</td>
              <td className={`py-1 pl-3 ${row.profit > 0 ? 'text-up' : 'text-down'}`}>
                {percent(row.profit)}
              </td>
              <td className="py-1 pl-3">{row.brier.toFixed(3)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
