import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Story } from '../../api/story.ts'
import type { Trade } from '../../api/trades.ts'
import { Chip } from '../parts/chip.tsx'
import { Failure } from '../parts/failure.tsx'
import { gain, money, percent, price, quantity, share, span } from '../parts/format.ts'
import { Gain } from '../parts/gain.tsx'
import { Heading } from '../parts/heading.tsx'
import { When } from '../parts/moment.tsx'
import { PriceChart } from '../parts/price-chart.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { closeReason, sourceName } from '../parts/words.ts'
import { useAccount } from '../shell/account.tsx'
import { ask } from '../shell/api.ts'
import { useHere } from '../shell/router.tsx'
import { StoryPanels } from './story.tsx'
import { fillMarkers, stopSteps } from './story-marks.ts'

const within = { path: '/trades', title: 'Trades' }

/** One closed trade: what it brought, its chart, and why it was made and ended. */
export default function TradePage() {
  const { id = '' } = useHere().params
  const story = useQuery({
    queryKey: ['trade', id, 'story'],
    queryFn: () => ask<Story>(`/trades/${id}/story`),
    retry: false,
  })
  const trade = story.data?.trade
  return (
    <>
      <Heading title={trade ? `${trade.symbol} ${trade.side}` : 'Trade'} within={within}>
        {story.data && trade && <Summary story={story.data} trade={trade} />}
      </Heading>
      {story.error && <Failure error={story.error} />}
      {story.data && trade ? <Told story={story.data} trade={trade} /> : !story.error && <Waiting rows={8} />}
    </>
  )
}

/** The story in two sentences. */
function Summary({ story, trade }: { story: Story; trade: Trade }) {
  const said = story.signal
    ? `${sourceName(story.signal.source)} said ${story.signal.action} and was ${share(story.signal.confidence)} sure`
    : `It came from ${sourceName(trade.source)}`
  return (
    <>
      {said}. It was held for {span(Date.parse(trade.closedAt) - Date.parse(trade.openedAt))} and closed by:{' '}
      {closeReason(trade.closeReason).toLowerCase()}, for <Gain value={trade.pnl} ratio={trade.profitRatio} />{' '}
      net.
    </>
  )
}

function Told({ story, trade }: { story: Story; trade: Trade }) {
  const { overview } = useAccount()
  const quote = overview?.accounts.find(({ id }) => id === trade.accountId)?.quote ?? ''
  const markers = useMemo(() => fillMarkers(story), [story])
  const steps = useMemo(() => stopSteps(story, null), [story])
  const levels = useMemo(
    () => [
      { name: 'Entry', price: Number(trade.entryPrice), tone: 'plain' as const, isDashed: true },
      { name: 'Exit', price: Number(trade.exitPrice), tone: 'warn' as const, isDashed: true },
    ],
    [trade],
  )
  return (
    <>
      <Books trade={trade} quote={quote} />
      <PriceChart
        accountId={trade.accountId}
        symbol={trade.symbol}
        fromMs={Date.parse(trade.openedAt)}
        toMs={Date.parse(trade.closedAt)}
        levels={levels}
        markers={markers}
        steps={steps}
        label={`Price of ${trade.symbol} from the entry at ${price(trade.entryPrice)} to the exit at ${price(trade.exitPrice)}, ${percent(trade.profitRatio)}`}
      />
      <StoryPanels story={story} />
    </>
  )
}

/** How the net follows from the gross. */
function Books({ trade, quote }: { trade: Trade; quote: string }) {
  const numbers = [
    ['Net', <Gain key="net" value={trade.pnl} ratio={trade.profitRatio} />],
    ['Before costs', gain(trade.grossPnl)],
    ['Fees', money(trade.fees)],
    ['Funding', gain(trade.funding)],
    ['Quantity', `${quantity(trade.quantity)} ${trade.symbol.split('/')[0]}`],
    ['Entry', <At key="entry" value={trade.entryPrice} at={trade.openedAt} />],
    ['Exit', <At key="exit" value={trade.exitPrice} at={trade.closedAt} />],
    [
      'Closed by',
      <Chip key="why" tone="plain">
        {closeReason(trade.closeReason)}
      </Chip>,
    ],
  ] as const
  return (
    <dl className="grid grid-cols-2 gap-x-6 gap-y-3 rounded-xl border border-line bg-surface px-4 py-3 sm:grid-cols-4">
      {numbers.map(([name, value]) => (
        <div key={name} className="min-w-0">
          <dt className="truncate text-xs text-muted">
            {name}
            {['Net', 'Before costs', 'Fees', 'Funding'].includes(name) && `, ${quote}`}
          </dt>
          <dd className="font-semibold">{value}</dd>
        </div>
      ))}
    </dl>
  )
}

function At({ value, at }: { value: string; at: string }) {
  return (
    <>
      {price(value)} <When at={at} className="text-xs font-normal text-muted" />
    </>
  )
}
