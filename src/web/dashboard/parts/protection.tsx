import type { Position } from '../../api/positions.ts'
import { clock, fullTime, price } from './format.ts'
import { Hourglass, Shield, ShieldAlert } from './icons.tsx'

/** What protects one position, or since when nothing does. */
export function Protection({ position }: { position: Position }) {
  const { protection, restingStop, stopDeclined, unprotectedSince, evaluatedSecondsAgo } = position
  if (protection === 'opening')
    return (
      <Line icon={<Hourglass />} tone="text-muted">
        Entry on its way
      </Line>
    )
  if (protection === 'stop')
    return (
      <Line icon={<Shield />} tone="text-up">
        Stop at the exchange
        <span className="text-muted"> · {price(restingStop ?? '0')}</span>
      </Line>
    )
  if (protection === 'monitored')
    return (
      <Line icon={<Shield />} tone="text-up">
        Monitored
        <span className="text-muted">
          {stopDeclined ? ' · you removed the stop' : ` · ${Math.floor(evaluatedSecondsAgo ?? 0)} s ago`}
        </span>
      </Line>
    )
  return (
    <Line icon={<ShieldAlert />} tone="text-warn">
      {unprotectedSince === null ? (
        'Not checked yet'
      ) : (
        <>
          Unprotected since{' '}
          <time dateTime={unprotectedSince} title={fullTime(Date.parse(unprotectedSince))}>
            {clock(Date.parse(unprotectedSince))}
          </time>
        </>
      )}
    </Line>
  )
}

function Line({ icon, tone, children }: { icon: React.ReactNode; tone: string; children: React.ReactNode }) {
  return (
    <span className={`inline-flex items-center gap-1.5 text-xs font-medium whitespace-nowrap ${tone}`}>
      {icon}
      <span>{children}</span>
    </span>
  )
}
