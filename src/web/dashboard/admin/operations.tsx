import { useQuery } from '@tanstack/react-query'
import type { Operations } from '../../api/operations.ts'
import { buttonLook } from '../parts/button.tsx'
import { Failure } from '../parts/failure.tsx'
import { fullTime } from '../parts/format.ts'
import { Heading } from '../parts/heading.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { sourceName } from '../parts/words.ts'
import { ask } from '../shell/api.ts'
import { Queues } from './queues.tsx'
import { Venues } from './venues.tsx'
import { Watch } from './watch.tsx'
import { Workers } from './workers.tsx'

/** How the cluster does: processes, queues, the monitor, venues. Figures of every tenant, never their rows. */
export default function OperationsPage() {
  const operations = useQuery({
    queryKey: ['operations'],
    queryFn: () => ask<Operations>('/operations'),
    staleTime: 0,
    refetchInterval: 5_000,
  })
  return (
    <>
      <Heading
        title="Operations"
        aside={
          <a href="/ops/queues" className={buttonLook('plain')}>
            Open Bull Board
          </a>
        }
      >
        Read anew every five seconds. Failed jobs open on the board, where they can be retried.
      </Heading>
      {operations.error ? (
        <Failure error={operations.error} />
      ) : operations.data === undefined ? (
        <Waiting rows={8} />
      ) : (
        <>
          <Away sources={operations.data.sources} />
          <Watch operations={operations.data} />
          <Workers workers={operations.data.workers} />
          <Queues queues={operations.data.queues} workers={operations.data.workers} />
          <Venues operations={operations.data} />
        </>
      )}
    </>
  )
}

/** Sources of signals that do not answer, and why. */
function Away({ sources }: Pick<Operations, 'sources'>) {
  const away = sources.filter(({ failures }) => failures > 0)
  if (away.length === 0) return null
  return (
    <ul className="rounded-lg bg-warn-soft px-4 py-3 text-sm text-warn">
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
