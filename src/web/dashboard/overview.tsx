import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Me } from '../api/me.ts'
import type { Overview } from '../api/overview.ts'
import type { Position } from '../api/positions.ts'
import { ask } from './api.ts'
import { DecisionsPanel } from './decisions.tsx'
import { EquityPanel } from './equity.tsx'
import { Header } from './header.tsx'
import { useLive, useMarketNow } from './live.ts'
import { MarketNow } from './moment.tsx'
import { Notices } from './notices.tsx'
import { OperationsPanel } from './operations.tsx'
import { Empty, Failure } from './panel.tsx'
import { PositionsPanel } from './positions.tsx'
import { SignalsPanel } from './signals.tsx'
import { Tiles } from './tiles.tsx'
import { TradesPanel } from './trades.tsx'

/** The first page: what the chosen account holds, did and thinks. */
export function OverviewPage() {
  const me = useQuery({ queryKey: ['me'], queryFn: () => ask<Me>('/me') })
  const overview = useQuery({ queryKey: ['overview'], queryFn: () => ask<Overview>('/overview') })
  const positions = useQuery({
    queryKey: ['positions'],
    queryFn: () => ask<{ items: Position[] }>('/positions'),
  })
  const live = useLive()
  const now = useMarketNow(overview.data?.market, overview.dataUpdatedAt)
  const [chosen, setChosen] = useState<string>()
  const accounts = overview.data?.accounts
  const account = accounts?.find(({ id }) => id === chosen) ?? accounts?.[0]
  const open = account && positions.data?.items.filter(({ accountId }) => accountId === account.id)

  return (
    <MarketNow value={now}>
      <Header me={me.data} overview={overview.data} account={account} onChoose={setChosen} live={live} />
      <main className="mx-auto max-w-[90rem] space-y-3 px-3 py-3 sm:space-y-4 sm:px-5 sm:py-4">
        <h1 className="sr-only">Overview</h1>
        {overview.error && <Failure error={overview.error} />}
        {accounts?.length === 0 ? (
          <NoAccount />
        ) : (
          <>
            <Tiles account={account} />
            <Notices account={account} overview={overview.data} positions={open} />
            {/* On a phone the signals come last: what is held matters more than what is said. */}
            <div className="grid gap-3 sm:gap-4 lg:grid-cols-8">
              <EquityPanel account={account} className="lg:col-span-5" />
              <SignalsPanel className="order-last lg:order-none lg:col-span-3" />
              <PositionsPanel
                positions={open}
                account={account}
                error={positions.error}
                className="lg:col-span-8"
              />
              <TradesPanel account={account} className="lg:col-span-4 lg:self-start" />
              <DecisionsPanel account={account} className="lg:col-span-4 lg:self-start" />
            </div>
          </>
        )}
        {me.data?.role === 'admin' && <OperationsPanel />}
      </main>
      <Footer />
    </MarketNow>
  )
}

function NoAccount() {
  return (
    <section className="rounded-xl border border-line bg-surface py-10">
      <Empty title="No account is connected yet">
        Connect one with <code>bullpen account add</code>. Its equity and first decisions show up here by
        themselves.
      </Empty>
    </section>
  )
}

function Footer() {
  return (
    <footer className="mx-auto flex max-w-[90rem] flex-wrap justify-between gap-x-6 gap-y-1 px-4 pt-2 pb-8 text-xs text-muted sm:px-6">
      <p>
        Times are in your time zone; hover for UTC.{' '}
        <a href="/webhooks" className="underline underline-offset-2 sm:hidden">
          Webhooks
        </a>
      </p>
      <p>
        Charts by{' '}
        <a
          href="https://www.tradingview.com/"
          target="_blank"
          rel="noreferrer"
          className="underline underline-offset-2"
        >
          TradingView
        </a>
        , Lightweight Charts™
      </p>
    </footer>
  )
}
