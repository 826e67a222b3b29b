import type { ReactNode } from 'react'
import type { AccountOverview, Overview } from '../../api/overview.ts'
import type { Position } from '../../api/positions.ts'
import { UnprovenNotice } from '../alerts/unproven-notice.tsx'
import { clock, day, fullTime } from '../parts/format.ts'
import { Hand, Shield, ShieldAlert } from '../parts/icons.tsx'
import type { ShownAccount } from '../shell/account-group.ts'

interface NoticesProps {
  readonly account: ShownAccount | undefined
  readonly overview: Overview | undefined
  readonly positions: readonly Position[] | undefined
}

/** What the user must know before reading numbers: what is stopped, and what protects the positions. */
export function Notices({ account, overview, positions }: NoticesProps) {
  const halt = overview?.halt
  return (
    <div className="space-y-2">
      {overview?.closing && <ClosingNotice closing={overview.closing} />}
      {halt && halt.mode !== 'none' && <HaltNotice halt={halt} />}
      {overview?.otherHalts.map((each) => (
        <OtherHalt key={`${each.scope} ${each.key}`} halt={each} />
      ))}
      {account?.members
        .filter(({ status }) => status !== 'active')
        .map((each) => (
          <AccountNotice key={each.id} account={each} isNamed={account.members.length > 1} />
        ))}
      <UnprovenNotice isLive={account?.members.some(({ mode }) => mode === 'live') ?? false} />
      <ProtectionNotice market={marketOf(account)} positions={positions} />
    </div>
  )
}

function ClosingNotice({ closing }: { closing: NonNullable<Overview['closing']> }) {
  const { positions, closed, waitsFor } = closing
  return (
    <Notice isWarning icon={<Hand className="mt-0.5 size-4" />} title="Everything is being closed.">
      {closed} of {positions} positions are closed{waitsFor ? ` (${waitsFor})` : ''}. No entry starts until
      the exchange shows that nothing is left.
    </Notice>
  )
}

function HaltNotice({ halt }: { halt: NonNullable<Overview['halt']> }) {
  const setAt = Date.parse(halt.setAt)
  return (
    <Notice isWarning icon={<Hand className="mt-0.5 size-4" />} title="New entries are stopped.">
      Since{' '}
      <time dateTime={halt.setAt} title={fullTime(setAt)}>
        {day(setAt)}, {clock(setAt)}
      </time>
      {halt.reason ? ` (${halt.reason})` : ''}. Stops, targets and other exits go on.
    </Notice>
  )
}

function OtherHalt({ halt }: { halt: Overview['otherHalts'][number] }) {
  const where = {
    global: 'everywhere',
    exchange: `on ${halt.key}`,
    account: 'for one account',
    symbol: `in ${halt.key}`,
  }
  return (
    <Notice
      isWarning
      icon={<Hand className="mt-0.5 size-4" />}
      title={`New entries are stopped ${where[halt.scope]}.`}
    >
      {halt.reason ?? 'The operator can allow them again.'} Exits go on.
    </Notice>
  )
}

/** The market that all of them are of, or undefined when they differ. */
function marketOf(account: ShownAccount | undefined): string | undefined {
  const markets = new Set(account?.members.map(({ market }) => market))
  return markets.size === 1 ? account?.market : undefined
}

function AccountNotice({ account, isNamed }: { account: AccountOverview; isNamed: boolean }) {
  const name = isNamed ? account.name : 'This account'
  const titles = {
    paused: `${name} is paused.`,
    degraded: `${name} opens nothing for now.`,
    closed: `${name} is closed.`,
    active: '',
  } as const
  return (
    <Notice isWarning icon={<Hand className="mt-0.5 size-4" />} title={titles[account.status]}>
      {account.statusReason ?? 'Open positions are still watched.'}
    </Notice>
  )
}

function ProtectionNotice({
  market,
  positions,
}: {
  market: string | undefined
  positions: readonly Position[] | undefined
}) {
  const unprotected = positions?.filter(({ protection }) => protection === 'unprotected').length ?? 0
  if (unprotected > 0)
    return (
      <Notice
        isWarning
        icon={<ShieldAlert className="mt-0.5 size-4" />}
        title={unprotected === 1 ? '1 position is unprotected.' : `${unprotected} positions are unprotected.`}
      >
        {market === 'spot'
          ? 'Protection is the monitor alone here, and it has not looked at fresh prices in time. If this stays, see that the monitor worker runs.'
          : 'No stop rests at the exchange for all of it. Bullpen places one, and from 10 s on it closes the position instead.'}
      </Notice>
    )
  const declined = positions?.filter(({ stopDeclined }) => stopDeclined).length ?? 0
  if (declined > 0)
    return (
      <Notice icon={<Shield className="mt-0.5 size-4 text-up" />} title="You removed a stop at the exchange.">
        The monitor guards {declined === 1 ? 'that position' : `those ${declined} positions`} alone: no other
        stop is placed until it is closed.
      </Notice>
    )
  if (market === undefined)
    return (
      <Notice icon={<Shield className="mt-0.5 size-4 text-up" />} title="How positions are protected.">
        By a stop that rests at the exchange, or, where none can, by Bullpen’s monitor, which checks each of
        them on fresh prices.
      </Notice>
    )
  if (market !== 'spot')
    return (
      <Notice icon={<Shield className="mt-0.5 size-4 text-up" />} title="Stops rest at the exchange.">
        Each position has a reduce-only stop there from its fill on; it follows the stop loss, and protects
        while Bullpen is down.
      </Notice>
    )
  return (
    <Notice icon={<Shield className="mt-0.5 size-4 text-up" />} title="Protection is the monitor alone here.">
      Bullpen checks each position on fresh prices at least every 5 s and sends the exit itself; no stop rests
      at the exchange.
    </Notice>
  )
}

interface NoticeProps {
  readonly icon: ReactNode
  readonly title: string
  readonly children: ReactNode
  readonly isWarning?: boolean
}

function Notice({ icon, title, children, isWarning = false }: NoticeProps) {
  const colours = isWarning
    ? 'border-transparent bg-warn-soft text-warn'
    : 'border-line bg-surface text-muted'
  return (
    <p
      role={isWarning ? 'alert' : undefined}
      className={`flex gap-2.5 rounded-xl border px-4 py-2.5 text-sm ${colours}`}
    >
      {icon}
      <span>
        <strong className={`font-semibold ${isWarning ? '' : 'text-text'}`}>{title}</strong> {children}
      </span>
    </p>
  )
}
