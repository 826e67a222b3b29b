import { useQuery } from '@tanstack/react-query'
import type { Signal } from '../../api/signals.ts'
import { Chip } from '../parts/chip.tsx'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { share } from '../parts/format.ts'
import { Chevron } from '../parts/icons.tsx'
import { Insight } from '../parts/insight.tsx'
import { Ago } from '../parts/moment.tsx'
import { Panel } from '../parts/panel.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { sourceName } from '../parts/words.ts'
import { ask } from '../shell/api.ts'
import { Link } from '../shell/link.tsx'

/** What the sources said last. */
export function SignalsPanel({ className }: { className: string }) {
  const signals = useQuery({
    queryKey: ['signals'],
    queryFn: () => ask<{ items: Signal[] }>('/signals?limit=30&actions=BUY,SELL'),
  })
  return (
    <Panel title="Last signals" aside={<LiveCount signals={signals.data?.items} />} className={className}>
      {signals.error ? (
        <Failure error={signals.error} />
      ) : (
        <Rows signals={signals.data?.items.slice(0, 12)} />
      )}
      <Waits />
    </Panel>
  )
}

/** How often the council votes. */
const councilEveryMs = 60_000

/** Where the council votes to wait, and how each seat voted: why nothing was said of a symbol. */
function Waits() {
  const waits = useQuery({
    queryKey: ['signals', 'council holds'],
    queryFn: () =>
      ask<{ items: Signal[] }>('/signals?limit=200&actions=HOLD&latest=true&source=COUNCIL_V2.0_FALLBACK'),
    refetchInterval: councilEveryMs,
  })
  const signals = waits.data?.items.toSorted((a, b) => a.symbol.localeCompare(b.symbol)) ?? []
  if (signals.length === 0) return null
  return (
    <details className="border-t border-line">
      <summary className="px-4 py-2 text-xs text-muted hover:bg-raised/50">
        The council waits on {signals.length} {signals.length === 1 ? 'symbol' : 'symbols'}: how it voted
      </summary>
      <SignalList signals={signals} at="renewedAt" />
    </details>
  )
}

function LiveCount({ signals }: { signals: readonly Signal[] | undefined }) {
  const live = signals?.filter(({ isLive }) => isLive).length ?? 0
  return (
    <span className="flex gap-3 text-xs text-muted">
      {live > 0 && <span>{live} alive</span>}
      <Link to="/scores" className="underline underline-offset-2">
        How they did
      </Link>
    </span>
  )
}

function Rows({ signals }: { signals: readonly Signal[] | undefined }) {
  if (!signals) return <Waiting rows={4} />
  if (signals.length === 0)
    return (
      <Empty title="No source wants to buy or sell yet">
        The first signals usually arrive within a minute after the start.
      </Empty>
    )
  return (
    <section
      aria-label="Signals, the latest first"
      className="max-h-72 min-h-0 overflow-y-auto border-t border-line lg:h-72"
    >
      <SignalList signals={signals} at="createdAt" />
    </section>
  )
}

/** `at` is the moment that each shows: when it was first said, or when it was said last. */
interface Shown {
  readonly at: 'createdAt' | 'renewedAt'
}

function SignalList({ signals, at }: Shown & { signals: readonly Signal[] }) {
  return (
    <ul className="divide-y divide-line">
      {signals.map((signal) => (
        <li key={signal.id} className={signal.isLive ? '' : 'text-muted'}>
          <SignalDetails signal={signal} at={at} />
        </li>
      ))}
    </ul>
  )
}

const tones = { BUY: 'up', SELL: 'down', HOLD: 'plain' } as const

function SignalDetails({ signal, at }: Shown & { signal: Signal }) {
  return (
    <details className="group">
      <summary className="grid grid-cols-[auto_minmax(0,1fr)_auto] items-center gap-x-3 px-4 py-2 text-sm hover:bg-raised/50">
        <Chevron className="size-3.5 text-muted transition-transform group-open:rotate-90" />
        <span className="flex items-center gap-2">
          <span className="w-11 font-semibold">{signal.symbol.split('/')[0]}</span>
          <Chip tone={tones[signal.action]}>
            {signal.action} {share(signal.confidence)}
          </Chip>
          <span className="truncate text-xs text-muted">
            {sourceName(signal.source)}
            {signal.isLive && <span className="font-medium text-accent"> · alive</span>}
          </span>
        </span>
        <span className="text-xs text-muted">
          <Ago at={signal[at]} />
        </span>
      </summary>
      <div className="border-t border-line bg-raised/40 px-4 py-3 text-[0.8125rem] text-text">
        <Insight signal={signal} />
      </div>
    </details>
  )
}
