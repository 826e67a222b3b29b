import type { Position } from '../../api/positions.ts'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Panel } from '../parts/panel.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { PositionRow } from '../positions/row.tsx'
import { Link } from '../shell/link.tsx'

interface PositionsPanelProps {
  readonly positions: readonly Position[] | undefined
  readonly quote: string
  readonly error: unknown
  readonly className: string
}

/** More than these are on their own page. */
const mostRows = 12

/** What the account holds, live. */
export function PositionsPanel({ positions, quote, error, className }: PositionsPanelProps) {
  return (
    <Panel title="Open positions" className={className} aside={<Count of={positions?.length} />}>
      {error ? <Failure error={error} /> : <Rows positions={positions} quote={quote} />}
    </Panel>
  )
}

function Count({ of }: { of: number | undefined }) {
  if (!of) return null
  return (
    <Link to="/positions" className="text-sm text-muted underline underline-offset-2">
      All {of}
    </Link>
  )
}

function Rows({ positions, quote }: { positions: readonly Position[] | undefined; quote: string }) {
  if (!positions) return <Waiting rows={2} />
  if (positions.length === 0)
    return (
      <Empty title="No open position">
        When a signal passes every check, its position appears here. The decisions below say why one did not.
      </Empty>
    )
  return (
    <ul className="divide-y divide-line border-t border-line">
      {positions.slice(0, mostRows).map((position) => (
        <PositionRow key={position.id} position={position} quote={quote} />
      ))}
    </ul>
  )
}
