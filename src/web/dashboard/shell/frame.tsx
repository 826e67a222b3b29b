import { type ReactNode, Suspense } from 'react'
import { MarketNow } from '../parts/moment.tsx'
import { StepUp } from '../parts/step-up.tsx'
import { AccountProvider, useAccount } from './account.tsx'
import { Header } from './header.tsx'
import { useLive, useMarketNow } from './live.ts'
import { useMe } from './me.ts'
import { BottomNavigation, SideNavigation } from './navigation.tsx'
import { Toasts } from './toasts.tsx'

/** What every page of a signed-in user stands in: header, navigation, live updates, market time. */
export function Frame({ children }: { children: ReactNode }) {
  return (
    <AccountProvider>
      <Standing>{children}</Standing>
    </AccountProvider>
  )
}

function Standing({ children }: { children: ReactNode }) {
  const me = useMe()
  const { overview, receivedAtMs } = useAccount()
  const live = useLive()
  const now = useMarketNow(overview?.market, receivedAtMs)
  const isAdmin = me?.role === 'admin'
  return (
    <MarketNow value={now}>
      <a
        href="#content"
        className="sr-only z-30 rounded-lg bg-accent-solid px-4 py-2 text-sm font-medium text-white focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the content
      </a>
      <Header me={me} live={live} />
      <div className="mx-auto flex max-w-[104rem]">
        <SideNavigation isAdmin={isAdmin} />
        <div className="min-w-0 flex-1 pb-16 lg:pb-0">
          <main
            id="content"
            tabIndex={-1}
            className="min-h-dvh space-y-3 px-3 py-3 outline-none sm:min-h-[70vh] sm:space-y-4 sm:px-5 sm:py-4"
          >
            <Suspense>{children}</Suspense>
          </main>
          <Footer />
        </div>
      </div>
      <BottomNavigation isAdmin={isAdmin} />
      <Toasts />
      <StepUp />
    </MarketNow>
  )
}

function Footer() {
  return (
    <footer className="flex flex-wrap justify-between gap-x-6 gap-y-1 px-4 pt-2 pb-8 text-xs text-muted sm:px-6">
      <p>Times are in your time zone; hover for UTC.</p>
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
