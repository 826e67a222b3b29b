import { useContext } from 'react'
import type { Me } from '../../api/me.ts'
import type { AccountOverview, Overview } from '../../api/overview.ts'
import { Bell } from '../alerts/bell.tsx'
import { Chip } from '../parts/chip.tsx'
import { clock, day, fullTime } from '../parts/format.ts'
import { Mark } from '../parts/icons.tsx'
import { MarketNow } from '../parts/moment.tsx'
import { venueName } from '../parts/words.ts'
import { useAccount } from './account.tsx'
import type { ShownAccount } from './account-group.ts'
import { CloseAll } from './close-all.tsx'
import { EntriesSwitch } from './entries-switch.tsx'
import { Link } from './link.tsx'
import type { LiveState } from './live.ts'
import { UserMenu } from './user-menu.tsx'

interface HeaderProps {
  readonly me: Me | undefined
  readonly live: LiveState
}

/** Who is signed in, which account is shown, how real it is, and the switch for new entries. */
export function Header({ me, live }: HeaderProps) {
  const { overview, account, choices, choose } = useAccount()
  return (
    <header className="sticky top-0 z-10 border-b border-line bg-surface/95 backdrop-blur">
      <div className="mx-auto flex max-w-[104rem] flex-wrap items-center gap-x-4 gap-y-2 px-3 py-2 sm:h-14 sm:px-5">
        <Link to="/" className="flex items-center gap-2 rounded-md" aria-label="Bullpen overview">
          <Mark />
          <span className="hidden font-semibold tracking-tight sm:inline">Bullpen</span>
        </Link>
        <AccountChoice choices={choices} account={account} onChoose={choose} />
        <div className="ml-auto flex items-center gap-1 sm:order-last sm:ml-0 sm:border-l sm:border-line sm:pl-2">
          <Bell />
          <UserMenu me={me} />
        </div>
        <div className="flex w-full min-w-0 items-center gap-x-3 sm:ml-auto sm:w-auto">
          <MarketClock market={overview?.market} />
          <LiveMark state={live} />
          <div className="ml-auto flex shrink-0 gap-2">
            <CloseAll overview={overview} />
            <EntriesSwitch halt={overview?.halt ?? null} />
          </div>
        </div>
      </div>
    </header>
  )
}

interface AccountChoiceProps {
  readonly choices: readonly ShownAccount[]
  readonly account: ShownAccount | undefined
  readonly onChoose: (id: string) => void
}

function AccountChoice({ choices, account, onChoose }: AccountChoiceProps) {
  if (!account) return <div className="h-9 flex-1 basis-32 sm:w-40 sm:flex-none" />
  return (
    // On a phone its share of the row is the same whatever it is called, so that nothing below moves.
    <div className="flex min-w-0 flex-1 basis-32 items-center gap-2 sm:flex-none sm:basis-auto">
      {choices.length > 1 ? (
        <select
          aria-label="Account"
          value={account.id}
          onChange={(event) => onChoose(event.target.value)}
          className="h-9 min-w-0 rounded-lg border border-line bg-surface px-2 text-sm font-medium"
        >
          {choices.map((each) => (
            <option key={each.id} value={each.id}>
              {each.name}
            </option>
          ))}
        </select>
      ) : (
        <span className="truncate text-sm font-medium">{account.name}</span>
      )}
      <ModeBadge mode={account.mode} />
      <span className="hidden truncate text-sm text-muted md:inline">
        {account.members.length === 1 ? venueName(account) : `${account.members.length} accounts`}
      </span>
    </div>
  )
}

const modes = {
  paper: { tone: 'accent', text: 'PAPER', title: 'Play money: every order goes to Bullpen’s own simulator' },
  testnet: { tone: 'warn', text: 'TESTNET', title: 'Play money at the exchange’s own test system' },
  live: { tone: 'down', text: 'LIVE', title: 'Real money' },
} as const

function ModeBadge({ mode }: { mode: AccountOverview['mode'] }) {
  const { tone, text, title } = modes[mode]
  return (
    <Chip tone={tone} title={title}>
      {text}
    </Chip>
  )
}

function MarketClock({ market }: { market: Overview['market'] | undefined }) {
  const now = useContext(MarketNow)
  if (!market) return <span className="h-4 w-10 sm:w-32" />
  const kinds = {
    synthetic: 'Simulated',
    replay: `Replay ×${market.speed}`,
    live: 'Live market',
  } as const
  return (
    <span
      className="flex gap-1.5 text-xs whitespace-nowrap text-muted"
      title={`Market time: ${fullTime(now)}`}
    >
      <span className="hidden sm:inline">
        {kinds[market.kind]} <span aria-hidden="true">·</span>
      </span>
      <span>
        {market.kind === 'replay' && `${day(now)} `}
        {clock(now)}
      </span>
    </span>
  )
}

const liveStates = {
  connecting: { dot: 'bg-muted', text: 'Connecting' },
  live: { dot: 'bg-up', text: 'Live' },
  late: { dot: 'bg-warn', text: 'Not live, reconnecting' },
} as const

function LiveMark({ state }: { state: LiveState }) {
  const { dot, text } = liveStates[state]
  return (
    <span role="status" className="flex min-w-0 items-center gap-1.5 text-xs text-muted">
      <span aria-hidden="true" className={`size-2 shrink-0 rounded-full ${dot}`} />
      <span className="truncate">{text}</span>
    </span>
  )
}
