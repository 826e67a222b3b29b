import { useQuery } from '@tanstack/react-query'
import type { Operations } from '../../api/operations.ts'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { fullTime, span } from '../parts/format.ts'
import { Panel } from '../parts/panel.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { sourceName } from '../parts/words.ts'
import { ask } from '../shell/api.ts'

/** A heartbeat older than this is a worker that may be gone. */
const lateSeconds = 15

/** The cluster at work, for administrators. */
export function OperationsPanel() {
  const operations = useQuery({
    queryKey: ['operations'],
    queryFn: () => ask<Operations>('/operations'),
    refetchInterval: 5_000,
  })
  return (
    <Panel
      title="Operations"
      aside={
        <a
          href="/ops/queues"
          className="rounded text-sm font-medium text-accent underline-offset-4 hover:underline"
        >
          Open the queues
        </a>
      }
    >
      <Sources sources={operations.data?.sources ?? []} />
      {operations.error ? <Failure error={operations.error} /> : <Content operations={operations.data} />}
    </Panel>
  )
}

/** Sources of signals that do not answer, and why. */
function Sources({ sources }: Pick<Operations, 'sources'>) {
  const away = sources.filter(({ failures }) => failures > 0)
  if (away.length === 0) return null
  return (
    <ul className="border-t border-line bg-warn-soft px-4 py-2 text-sm text-warn">
      {away.map(({ source, failures, reason, answeredAt }) => (
        <li key={source}>
          <strong className="font-semibold">{sourceName(source)} is away; the council speaks for it.</strong>{' '}
          {reason}. {failures} {failures === 1 ? 'failure' : 'failures'} in a row,{' '}
          {answeredAt === null ? 'no answer so far.' : `last answer ${fullTime(Date.parse(answeredAt))}.`}
        </li>
      ))}
    </ul>
  )
}

function Content({ operations }: { operations: Operations | undefined }) {
  if (!operations) return <Waiting rows={2} />
  const { workers, queues } = operations
  const busy = queues.filter(
    ({ counts }) => counts === null || Object.values(counts).some((count) => count > 0),
  )
  return (
    <div className="grid border-t border-line lg:grid-cols-2 lg:divide-x lg:divide-line">
      {workers.length === 0 ? (
        <Empty title="No worker has reported">
          Start them with npm start, or one process per line of the Procfile.
        </Empty>
      ) : (
        <ul className="divide-y divide-line">
          {workers.map((worker) => (
            <li key={worker.id} className="flex items-baseline justify-between gap-4 px-4 py-2 text-sm">
              <span className="font-medium">{worker.role}</span>
              <span
                className={`text-xs ${worker.heartbeatSecondsAgo > lateSeconds ? 'font-medium text-warn' : 'text-muted'}`}
              >
                {worker.rssMb === null ? '' : `${worker.rssMb} MB · `}
                heard {span(worker.heartbeatSecondsAgo * 1_000)} ago
              </span>
            </li>
          ))}
        </ul>
      )}
      {busy.length === 0 ? (
        <Empty title="The queues are empty">Jobs appear as soon as their schedules come due.</Empty>
      ) : (
        <ul className="divide-y divide-line border-t border-line lg:border-t-0">
          {busy.map(({ name, counts }) => (
            <li key={name} className="flex items-baseline justify-between gap-4 px-4 py-2 text-sm">
              <span className="font-medium">{name}</span>
              <span className="text-right text-xs text-muted">
                {counts ? countsText(counts) : 'did not answer'}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

function countsText(counts: Readonly<Record<string, number>>): string {
  const some = Object.entries(counts).filter(([, count]) => count > 0)
  return some.map(([state, count]) => `${count} ${state.replace('-', ' ')}`).join(' · ')
}
