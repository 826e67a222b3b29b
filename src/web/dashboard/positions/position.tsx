import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { PositionDetail } from '../../api/position-detail.ts'
import type { Position } from '../../api/positions.ts'
import type { Story } from '../../api/story.ts'
import { Chip } from '../parts/chip.tsx'
import { Failure } from '../parts/failure.tsx'
import { money, price, quantity } from '../parts/format.ts'
import { Gain } from '../parts/gain.tsx'
import { Heading } from '../parts/heading.tsx'
import { Age } from '../parts/moment.tsx'
import { PriceChart } from '../parts/price-chart.tsx'
import { Protection } from '../parts/protection.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { sourceName } from '../parts/words.ts'
import { useAccount } from '../shell/account.tsx'
import { ApiProblem, ask } from '../shell/api.ts'
import { Link } from '../shell/link.tsx'
import { useHere } from '../shell/router.tsx'
import { StoryPanels } from '../trades/story.tsx'
import { fillMarkers, stopSteps } from '../trades/story-marks.ts'
import { AdjustPanel } from './adjust.tsx'
import { CloseButton } from './close.tsx'
import { levelsOf } from './level-marks.ts'
import { LevelsPanel } from './levels.tsx'
import { usePositions } from './live.ts'
import { SideChip } from './row.tsx'

const within = { path: '/positions', title: 'Positions' }

/** One open position: its chart with everything that may close it, and what can be done about it. */
export default function PositionPage() {
  const { id = '' } = useHere().params
  const detail = useQuery({
    queryKey: ['position', id],
    queryFn: () => ask<PositionDetail>(`/positions/${id}`),
    refetchInterval: 5_000,
    retry: false,
  })
  const story = useQuery({
    queryKey: ['position', id, 'story'],
    queryFn: () => ask<Story>(`/positions/${id}/story`),
    refetchInterval: 15_000,
    retry: false,
  })
  const live = usePositions().data?.items.find((position) => position.id === id)
  if (isOver(detail.error) || story.data?.trade) return <Over story={story.data} />
  if (detail.error && !detail.data)
    return (
      <>
        <Heading title="Position" within={within} />
        <Failure error={detail.error} />
      </>
    )
  if (!detail.data)
    return (
      <>
        <Heading title="Position" within={within} />
        <Waiting rows={6} />
      </>
    )
  return <Open detail={withLive(detail.data, live)} story={story.data} />
}

function isOver(error: Error | null): boolean {
  return error instanceof ApiProblem && error.code === 'position-closed'
}

/** The stream's price is newer than the detail's, which is asked for less often. */
function withLive(detail: PositionDetail, live: Position | undefined): PositionDetail {
  return live ? { ...detail, ...live } : detail
}

/** It was closed while somebody looked, or long before. */
function Over({ story }: { story: Story | undefined }) {
  return (
    <>
      <Heading title={story ? `${story.symbol} is closed` : 'This position is closed'} within={within}>
        {story?.trade ? (
          <>
            It brought <Gain value={story.trade.pnl} ratio={story.trade.profitRatio} />.{' '}
            <Link
              to={`/trades/${story.trade.id}`}
              className="font-medium text-accent underline underline-offset-2"
            >
              Read its whole story
            </Link>
          </>
        ) : (
          'Nothing of it is held any more.'
        )}
      </Heading>
      {story && !story.trade && <StoryPanels story={story} />}
    </>
  )
}

function Open({ detail, story }: { detail: PositionDetail; story: Story | undefined }) {
  const { overview } = useAccount()
  const quote = overview?.accounts.find(({ id }) => id === detail.accountId)?.quote ?? ''
  const levels = useMemo(() => levelsOf(detail), [detail])
  const markers = useMemo(() => (story ? fillMarkers(story) : []), [story])
  const steps = useMemo(() => (story ? stopSteps(story, detail.openedAt) : []), [story, detail.openedAt])
  const openedMs = Date.parse(detail.openedAt ?? detail.createdAt)
  return (
    <>
      <Heading title={detail.symbol} within={within} aside={<CloseButton position={detail} quote={quote} />}>
        <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <SideChip position={detail} />
          {detail.state === 'closing' && <Chip tone="warn">Closing</Chip>}
          <span>{sourceName(detail.source)}</span>
          <Protection position={detail} />
        </span>
      </Heading>
      {detail.closing && <Closing closing={detail.closing} />}
      <Numbers detail={detail} quote={quote} />
      <PriceChart
        accountId={detail.accountId}
        symbol={detail.symbol}
        fromMs={openedMs}
        levels={levels}
        markers={markers}
        steps={steps}
        label={`Price of ${detail.symbol}: ${levels.map((level) => `${level.name} ${price(level.price)}`).join(', ')}`}
      />
      <div className="grid items-start gap-3 sm:gap-4 lg:grid-cols-2">
        <LevelsPanel detail={detail} quote={quote} />
        <AdjustPanel key={`${detail.stopLoss} ${detail.takeProfit}`} detail={detail} quote={quote} />
      </div>
      {story ? <StoryPanels story={story} /> : <Waiting rows={4} />}
    </>
  )
}

function Closing({ closing }: { closing: NonNullable<PositionDetail['closing']> }) {
  return (
    <p role="alert" className="rounded-xl bg-warn-soft px-4 py-2.5 text-sm text-warn">
      <strong className="font-semibold">It is being closed</strong>, asked for by {closing.askedBy}.{' '}
      {closing.waitsFor ? `It waits: ${closing.waitsFor}.` : 'A worker sends the order within a second.'}
    </p>
  )
}

function Numbers({ detail, quote }: { detail: PositionDetail; quote: string }) {
  const numbers = [
    ['P&L if closed now', <Gain key="pnl" value={detail.openPnl} ratio={detail.openRatio} />],
    ['Booked so far', <Gain key="booked" value={detail.realizedPnl} />],
    ['Price', detail.lastPrice ? price(detail.lastPrice) : '–'],
    ['Entry', detail.entryPrice ? price(detail.entryPrice) : '–'],
    ['Worth', detail.notional ? `${money(detail.notional)} ${quote}` : '–'],
    ['Quantity', `${quantity(detail.quantity)} ${detail.symbol.split('/')[0]}`],
    ['Held for', detail.openedAt ? <Age key="age" since={detail.openedAt} /> : 'opening'],
  ] as const
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-3 rounded-xl border border-line bg-surface px-4 py-3 sm:grid-cols-4 xl:grid-cols-7">
      {numbers.map(([name, value]) => (
        <div key={name} className="min-w-0">
          <dt className="truncate text-xs text-muted">{name}</dt>
          <dd className="truncate font-semibold">{value}</dd>
        </div>
      ))}
    </dl>
  )
}
