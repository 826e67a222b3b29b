import type { Position } from '#src/web/api/positions.ts'
import { span } from './format.ts'
import { Hourglass, Shield, ShieldAlert } from './icons.tsx'

/** Says in plain words what protects the open positions, and warns when that fails. */
export function ProtectionNotice({ positions }: { positions: readonly Position[] | undefined }) {
  const stale = positions?.filter(({ protection }) => protection === 'stale').length ?? 0
  if (stale > 0)
    return (
      <p role="alert" className="flex gap-2.5 rounded-xl bg-warn-soft px-4 py-2.5 text-sm text-warn">
        <ShieldAlert className="mt-0.5 size-4" />
        <span>
          <strong className="font-semibold">
            {stale === 1 ? '1 position was' : `${stale} positions were`} not checked in time.
          </strong>{' '}
          Protection is the monitor alone here; no stop order rests at the exchange. If this stays, see that
          the monitor worker runs.
        </span>
      </p>
    )
  return (
    <p className="flex gap-2.5 rounded-xl border border-line bg-surface px-4 py-2.5 text-sm text-muted">
      <Shield className="mt-0.5 size-4 text-up" />
      <span>
        <strong className="font-semibold text-text">Protection is the monitor alone here.</strong> Bullpen
        checks each open position on fresh prices at least every five seconds and sends the exit itself; no
        stop order rests at the exchange.
      </span>
    </p>
  )
}

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
