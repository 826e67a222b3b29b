import type { ReactNode } from 'react'
import type { AccountOverview } from '../../api/overview.ts'
import { fullTime, gain, money, percent, plainPercent, share, trendOf } from '../parts/format.ts'
import { Gain } from '../parts/gain.tsx'

/** The account's six numbers. */
export function Tiles({ account }: { account: AccountOverview | undefined }) {
  return (
    <dl className="grid grid-cols-2 gap-3 sm:grid-cols-3 sm:gap-4 xl:grid-cols-6">
      <Tile label="Equity" note={account && equityNote(account)}>
        {account && (account.equity === null ? '–' : <Money value={account.equity} quote={account.quote} />)}
      </Tile>
      <Tile label="Today" note={account && todayNote(account)}>
        {account && <Gain value={account.todayPnl} />}
      </Tile>
      <Tile label="Open P&L" note="if closed now">
        {account && <Gain value={account.openPnl} />}
      </Tile>
      <Tile label="Open positions" note={account && protectionNote(account)}>
        {account?.openPositions}
      </Tile>
      <Tile label="Open risk" note={account && riskNote(account)}>
        {account && <Money value={account.openRisk} quote={account.quote} />}
      </Tile>
      <Tile label="Win rate, 30 days" note={account && winNote(account)}>
        {account && (account.trades30d === 0 ? '–' : share(account.wins30d / account.trades30d))}
      </Tile>
    </dl>
  )
}

interface TileProps {
  readonly label: string
  readonly note: ReactNode
  readonly children: ReactNode
  readonly className?: string
}

function Tile({ label, note, children, className = '' }: TileProps) {
  return (
    <div className={`h-[5.75rem] rounded-xl border border-line bg-surface px-4 py-3 ${className}`}>
      <dt className="truncate text-xs font-medium text-muted">{label}</dt>
      <dd className="mt-0.5 truncate text-[1.375rem] leading-8 font-semibold tracking-tight xl:text-xl 2xl:text-[1.5rem]">
        {children}
      </dd>
      <dd className="truncate text-xs text-muted">{note}</dd>
    </div>
  )
}

/** Where there is no room the currency goes, never a digit. */
function Money({ value, quote }: { value: string; quote: string }) {
  return (
    <span className="flex items-baseline gap-1">
      <span>{money(value)}</span>
      <span className="min-w-0 truncate text-sm font-medium text-muted">{quote}</span>
    </span>
  )
}

function equityNote({ equityAt, freeQuote, quote }: AccountOverview): ReactNode {
  if (equityAt === null || freeQuote === null) return 'first snapshot within a minute'
  return <span title={`As of ${fullTime(Date.parse(equityAt))}`}>{`${money(freeQuote)} ${quote} free`}</span>
}

function todayNote({ todayRatio }: AccountOverview): string {
  return todayRatio === null ? 'since midnight UTC' : `${percent(todayRatio)} · UTC day`
}

function protectionNote({ openPositions, unprotectedPositions }: AccountOverview): ReactNode {
  if (openPositions === 0) return 'nothing at risk'
  if (unprotectedPositions === 0) return 'all protected'
  return <span className="font-medium text-warn">{`${unprotectedPositions} unprotected`}</span>
}

function riskNote({ openRisk, equity, withoutStop }: AccountOverview): ReactNode {
  if (withoutStop > 0) return <span className="font-medium text-warn">{`${withoutStop} without a stop`}</span>
  const ratio = equity === null || Number(equity) === 0 ? undefined : Number(openRisk) / Number(equity)
  return ratio === undefined ? 'if every stop is hit' : `${plainPercent(ratio)} if every stop is hit`
}

function winNote({ trades30d, wins30d, pnl30d, quote }: AccountOverview): ReactNode {
  if (trades30d === 0) return 'no trade closed yet'
  const colour = { up: 'text-up', down: 'text-down', flat: '' }[trendOf(pnl30d)]
  return (
    <>
      {`${wins30d} of ${trades30d} · `}
      <span className={colour}>
        {gain(pnl30d)} {quote}
      </span>
    </>
  )
}
