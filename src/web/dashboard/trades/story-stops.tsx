import type { Story } from '../../api/story.ts'
import { fullTime, price, span } from '../parts/format.ts'
import { Shield, ShieldAlert } from '../parts/icons.tsx'
import { When } from '../parts/moment.tsx'
import { Panel } from '../parts/panel.tsx'

/** How stop and target moved and why, and when nothing protected the position. */
export function StoryStops({ story: { plan, stops, gaps } }: { story: Story }) {
  return (
    <Panel title="4. Stops and protection">
      <div className="space-y-3 border-t border-line px-4 py-3 text-sm">
        <p>
          It was planned with {plan.stopLoss ? `a stop at ${price(plan.stopLoss)}` : 'no stop'} and{' '}
          {plan.takeProfit ? `a target at ${price(plan.takeProfit)}` : 'no target'}.
        </p>
        {stops.length === 0 ? (
          <p className="text-muted">Neither has moved.</p>
        ) : (
          <ol className="space-y-2">
            {stops.map((change) => (
              <li key={`${change.at} ${change.what}`}>
                <p className="flex flex-wrap justify-between gap-x-4">
                  <span>
                    {change.what === 'stop_loss' ? 'Stop' : 'Target'}{' '}
                    {move(
                      change.what === 'stop_loss' ? change.oldStopLoss : change.oldTakeProfit,
                      change.what === 'stop_loss' ? change.newStopLoss : change.newTakeProfit,
                    )}
                  </span>
                  <When at={change.marketAt} className="text-xs text-muted" />
                </p>
                <p className="text-xs text-muted">{change.reason}</p>
              </li>
            ))}
          </ol>
        )}
        {gaps.length === 0 ? (
          <p className="flex items-center gap-1.5 text-up">
            <Shield /> It was protected all the time.
          </p>
        ) : (
          <ul className="space-y-1">
            {gaps.map((gap) => (
              <li key={gap.beganAt} className="flex items-start gap-1.5 text-warn">
                <ShieldAlert className="mt-0.5 size-4" />
                <span>
                  <time dateTime={gap.beganAt} title={fullTime(Date.parse(gap.beganAt))}>
                    {gap.endedAt
                      ? `Not protected for ${span(Date.parse(gap.endedAt) - Date.parse(gap.beganAt))}`
                      : 'Not protected now'}
                  </time>
                  : {gap.reason}
                </span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </Panel>
  )
}

function move(before: string | null, after: string | null): string {
  const text = (value: string | null) => (value === null ? 'none' : price(value))
  return `${text(before)} → ${text(after)}`
}
