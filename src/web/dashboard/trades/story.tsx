import type { ReactNode } from 'react'
import type { Story } from '../../api/story.ts'
import { Chip } from '../parts/chip.tsx'
import { DecisionSteps } from '../parts/decision-steps.tsx'
import { price, share } from '../parts/format.ts'
import { Insight } from '../parts/insight.tsx'
import { When } from '../parts/moment.tsx'
import { Panel } from '../parts/panel.tsx'
import { sourceName } from '../parts/words.ts'
import { StoryOrders } from './story-orders.tsx'
import { StoryStops } from './story-stops.tsx'
import { StoryTimeline } from './story-timeline.tsx'

/** Why it was opened, what was done, what protected it, and why it ended: from the signal to the exit. */
export function StoryPanels({ story }: { story: Story }) {
  return (
    <div className="grid items-start gap-3 sm:gap-4 lg:grid-cols-2">
      <div className="space-y-3 sm:space-y-4">
        <SignalPanel story={story} />
        <DecisionPanel story={story} />
      </div>
      <div className="space-y-3 sm:space-y-4">
        <StoryOrders story={story} />
        <StoryStops story={story} />
        <StoryTimeline timeline={story.timeline} />
      </div>
    </div>
  )
}

function Body({ children }: { children: ReactNode }) {
  return <div className="space-y-3 border-t border-line px-4 py-3 text-sm">{children}</div>
}

const tones = { BUY: 'up', SELL: 'down', HOLD: 'plain' } as const

function SignalPanel({ story: { signal } }: { story: Story }) {
  return (
    <Panel title="1. The signal">
      <Body>
        {signal === null ? (
          <p>
            No signal of it is kept: it was opened by hand at the exchange, or its signal is older than what
            is kept.
          </p>
        ) : (
          <>
            <p className="flex flex-wrap items-center gap-2">
              <Chip tone={tones[signal.action]}>
                {signal.action} {share(signal.confidence)}
              </Chip>
              <span>
                {sourceName(signal.source)}, <When at={signal.createdAt} />, at {price(signal.price)}
              </span>
            </p>
            {(signal.stopLoss || signal.takeProfit) && (
              <p className="text-xs text-muted">
                It asked for{' '}
                {[
                  signal.stopLoss && `a stop at ${price(signal.stopLoss)}`,
                  signal.takeProfit && `a target at ${price(signal.takeProfit)}`,
                ]
                  .filter(Boolean)
                  .join(' and ')}
                .
              </p>
            )}
            <Insight signal={signal} />
          </>
        )}
      </Body>
    </Panel>
  )
}

function DecisionPanel({ story: { decision } }: { story: Story }) {
  return (
    <Panel title="2. The decision">
      <Body>
        {decision === null ? (
          <p>No decision of it is kept: what Bullpen finds at the exchange it watches without one.</p>
        ) : (
          <>
            <ul className="space-y-1">
              {decision.reasons.map((reason) => (
                <li key={reason}>{reason}</li>
              ))}
            </ul>
            <DecisionSteps steps={decision.steps} />
          </>
        )}
      </Body>
    </Panel>
  )
}
