import type { ReactNode } from 'react'
import type { Signal } from '../../api/signals.ts'
import { price, share } from './format.ts'
import { sentence } from './words.ts'

/** What a signal rests on: the council's votes, the parts of a setup, or the source's own words. */
export function Insight({ signal }: { signal: Signal }) {
  if (signal.votes.length > 0) return <Votes votes={signal.votes} score={signal.score} />
  if (signal.parts.length > 0) return <Parts signal={signal} />
  return <p>{signal.reasoning || 'It gave no reasons.'}</p>
}

const seats: Readonly<Record<string, string>> = {
  cio: 'CIO',
  execution: 'Execution strategist',
  research: 'Research',
  risk: 'Risk',
}

function Votes({ votes, score }: Pick<Signal, 'votes' | 'score'>) {
  return (
    <table className="w-full text-xs">
      <Head columns={['Seat', 'Weight', 'Vote', 'Sure']} />
      {votes.map((vote) => (
        <tbody key={vote.seat}>
          <tr className="align-baseline">
            <th scope="row" className="pt-1.5 text-left font-medium">
              {seats[vote.seat] ?? vote.seat}
            </th>
            <Cell>{share(vote.weight)}</Cell>
            <Cell>
              {vote.value === null ? (
                <span className="text-muted">abstains</span>
              ) : (
                <Lean value={vote.value} />
              )}
            </Cell>
            <Cell>{vote.confidence === null ? '–' : share(vote.confidence)}</Cell>
          </tr>
          <tr>
            <td colSpan={4} className="text-muted">
              {vote.veto !== null && <strong className="font-semibold text-warn">Veto: {vote.veto}. </strong>}
              {vote.reasons.join(' · ')}
            </td>
          </tr>
        </tbody>
      ))}
      <Score value={score} columns={3} />
    </table>
  )
}

function Parts({ signal: { parts, score, patterns, support, resistance } }: { signal: Signal }) {
  const seen = [
    ...patterns.map((pattern) => sentence(pattern)),
    ...(support === null ? [] : [`Support ${price(support)}`]),
    ...(resistance === null ? [] : [`Resistance ${price(resistance)}`]),
  ]
  return (
    <>
      <table className="w-full text-xs">
        <Head columns={['Part', 'Says']} />
        <tbody>
          {parts.map((part) => (
            <tr key={part.name} className="align-baseline">
              <th scope="row" className="pt-1 text-left font-medium">
                {partName(part.name)}
              </th>
              <Cell>
                <Lean value={part.value} />
              </Cell>
            </tr>
          ))}
        </tbody>
        <Score value={score} columns={2} />
      </table>
      {seen.length > 0 && <p className="pt-2 text-xs text-muted">{seen.join(' · ')}</p>}
    </>
  )
}

function partName(name: string): string {
  return name === 'macd' || name === 'rsi' ? name.toUpperCase() : sentence(name)
}

function Head({ columns }: { columns: readonly string[] }) {
  return (
    <thead className="text-muted">
      <tr>
        {columns.map((column, index) => (
          <th
            key={column}
            scope="col"
            className={`pb-0.5 font-medium ${index === 0 ? 'text-left' : 'text-right'}`}
          >
            {column}
          </th>
        ))}
      </tr>
    </thead>
  )
}

function Cell({ children }: { children: ReactNode }) {
  return <td className="pt-1 pl-3 text-right">{children}</td>
}

/** `columns`: up to where the score stands. */
function Score({ value, columns }: { value: number | null; columns: number }) {
  if (value === null) return null
  return (
    <tfoot>
      <tr>
        <th scope="row" colSpan={columns - 1} className="pt-2 text-left font-semibold">
          Weighted score
        </th>
        <td className="pt-2 text-right font-semibold">
          <Lean value={value} />
        </td>
      </tr>
    </tfoot>
  )
}

/** A number from −1 to 1 with a bar that grows from the middle: left against, right for. */
function Lean({ value }: { value: number }) {
  const width = `${Math.min(1, Math.abs(value)) * 50}%`
  const sign = value > 0.004 ? '+' : value < -0.004 ? '−' : ''
  return (
    <span className="inline-flex items-center gap-2">
      <span aria-hidden="true" className="relative h-1.5 w-14 rounded bg-line">
        <span
          className={`absolute inset-y-0 rounded ${value < 0 ? 'right-1/2 bg-down' : 'left-1/2 bg-up'}`}
          style={{ width }}
        />
      </span>
      <span className="w-10">
        {sign}
        {Math.abs(value).toFixed(2)}
      </span>
    </span>
  )
}
