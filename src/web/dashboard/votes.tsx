import type { Signal } from '#src/web/api/signals.ts'
import { share } from './format.ts'

/** How each seat of the council voted: left against, right for, as far as it was sure. */
export function Votes({ votes }: { votes: Signal['votes'] }) {
  return (
    <table className="w-full text-xs">
      <thead className="text-left text-muted">
        <tr>
          <th scope="col" className="pb-1 font-medium">
            Seat
          </th>
          <th scope="col" className="pb-1 text-right font-medium">
            Weight
          </th>
          <th scope="col" className="pb-1 text-center font-medium">
            Vote
          </th>
          <th scope="col" className="pb-1 text-right font-medium">
            Sure
          </th>
        </tr>
      </thead>
      {votes.map((vote) => (
        <tbody key={vote.seat}>
          <tr className="align-baseline">
            <th scope="row" className="pt-1.5 text-left font-medium">
              {vote.seat}
            </th>
            <td className="pt-1.5 text-right">{share(vote.weight)}</td>
            <td className="pt-1.5">
              <VoteMark value={vote.vote} />
            </td>
            <td className="pt-1.5 text-right">{vote.confidence === null ? '–' : share(vote.confidence)}</td>
          </tr>
          <tr>
            <td colSpan={4} className="text-muted">
              {vote.reasons.join(' · ')}
            </td>
          </tr>
        </tbody>
      ))}
    </table>
  )
}

function VoteMark({ value }: { value: number | null }) {
  if (value === null) return <p className="text-center text-muted">abstains</p>
  const width = `${Math.abs(value) * 50}%`
  return (
    <span className="mx-auto flex w-28 items-center gap-2">
      <span className="w-10 shrink-0 text-right">
        {value > 0 ? '+' : value < 0 ? '−' : ''}
        {Math.abs(value).toFixed(2)}
      </span>
      <span aria-hidden="true" className="relative h-1.5 flex-1 rounded bg-line">
        <span
          className={`absolute inset-y-0 rounded ${value < 0 ? 'right-1/2 bg-down' : 'left-1/2 bg-up'}`}
          style={{ width }}
        />
      </span>
    </span>
  )
}
