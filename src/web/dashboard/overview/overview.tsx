import { buttonLook } from '../parts/button.tsx'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Heading } from '../parts/heading.tsx'
import { usePositions } from '../positions/live.ts'
import { useAccount, useShown } from '../shell/account.tsx'
import { Link } from '../shell/link.tsx'
import { DecisionsPanel } from './decisions.tsx'
import { EquityPanel } from './equity.tsx'
import { Notices } from './notices.tsx'
import { PositionsPanel } from './positions.tsx'
import { SignalsPanel } from './signals.tsx'
import { Tiles } from './tiles.tsx'
import { TradesPanel } from './trades.tsx'

/** The first page: what the chosen account holds, did and thinks. */
export default function OverviewPage() {
  const { overview, account, error } = useAccount()
  const positions = usePositions()
  const open = useShown(positions.data?.items)

  return (
    <>
      <Heading title="Overview" isHidden />
      {error && <Failure error={error} />}
      {overview?.accounts.length === 0 ? (
        <NoAccount />
      ) : (
        <>
          <Tiles account={account} />
          <Notices account={account} overview={overview} positions={open} />
          {/* On a phone the signals come last: what is held matters more than what is said. */}
          <div className="grid gap-3 sm:gap-4 lg:grid-cols-8">
            <EquityPanel account={account} className="lg:col-span-5" />
            <SignalsPanel className="order-last lg:order-none lg:col-span-3" />
            <PositionsPanel
              positions={open}
              quote={account?.quote ?? ''}
              error={positions.error}
              className="lg:col-span-8"
            />
            <TradesPanel className="lg:col-span-4 lg:self-start" />
            <DecisionsPanel className="lg:col-span-4 lg:self-start" />
          </div>
        </>
      )}
    </>
  )
}

function NoAccount() {
  return (
    <section className="rounded-xl border border-line bg-surface py-10">
      <Empty
        title="Nothing trades yet"
        action={
          <Link to="/start" className={buttonLook('primary')}>
            Start with a paper account
          </Link>
        }
      >
        Play money at market prices: it trades within a minute, and an exchange can be connected later.
      </Empty>
    </section>
  )
}
