import type { Position } from '../api/positions.ts'
import { span } from './format.ts'
import { Hourglass, Shield, ShieldAlert } from './icons.tsx'

/** Whether one position is protected, and since when it is known. */
export function Protection({ position }: { position: Position }) {
  const seconds = position.evaluatedSecondsAgo
  if (position.protection === 'opening')
    return (
      <Line icon={<Hourglass />} tone="text-muted">
        Entry on its way
      </Line>
    )
  if (position.protection === 'monitored')
    return (
      <Line icon={<Shield />} tone="text-up">
        Monitored
        <span className="text-muted"> · {Math.floor(seconds ?? 0)} s ago</span>
      </Line>
    )
  return (
    <Line icon={<ShieldAlert />} tone="text-warn">
      {seconds === null ? 'Not checked yet' : `Not checked for ${span(seconds * 1_000)}`}
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
