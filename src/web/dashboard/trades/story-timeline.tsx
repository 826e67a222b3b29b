import type { Story } from '../../api/story.ts'
import { When } from '../parts/moment.tsx'
import { Panel } from '../parts/panel.tsx'
import { withSourceNames } from '../parts/words.ts'

const dots = {
  signal: 'bg-accent',
  decision: 'bg-accent',
  order: 'bg-muted',
  fill: 'bg-text',
  stop: 'bg-down',
  gap: 'bg-warn',
  trade: 'bg-up',
} as const

/** All of it in the order in which it happened. */
export function StoryTimeline({ timeline }: Pick<Story, 'timeline'>) {
  return (
    <Panel title="5. Everything in order">
      <ol className="space-y-2 border-t border-line px-4 py-3 text-[0.8125rem]">
        {timeline.map((entry, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an entry's place is its identity
          <li key={index} className="grid grid-cols-[auto_minmax(0,1fr)] items-baseline gap-x-2.5">
            <span aria-hidden="true" className={`size-2 rounded-full ${dots[entry.kind]}`} />
            <div>
              <p className="break-words">{withSourceNames(entry.text)}</p>
              <When at={entry.at} className="text-xs text-muted" />
            </div>
          </li>
        ))}
      </ol>
    </Panel>
  )
}
