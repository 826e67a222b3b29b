import type { Operations } from '../../api/operations.ts'
import type { QueueState } from '../../api/queue-state.ts'
import { Chip } from '../parts/chip.tsx'
import { fullTime, span } from '../parts/format.ts'
import { Panel } from '../parts/panel.tsx'
import { Table } from '../parts/table.tsx'

/** Whoever waits longer than this waits for a worker that is missing or too slow. */
const longSeconds = 30

/** What waits, what failed, and who works on it. */
export function Queues({ queues, workers }: Pick<Operations, 'queues' | 'workers'>) {
  const at = (name: string) => workers.filter((worker) => worker.queues.includes(name)).length
  const failures = queues
    .flatMap(({ name, failures: failed }) => failed.map((failure) => ({ queue: name, ...failure })))
    .sort((a, b) => (b.at ?? '').localeCompare(a.at ?? ''))
  return (
    <>
      <Panel title="Queues">
        <Table
          caption="Queues and what waits in them"
          columns={[
            {
              id: 'name',
              title: 'Queue',
              cell: ({ name }: QueueState) => (
                <a
                  href={`/ops/queues/queue/${name}`}
                  className="font-medium underline-offset-4 hover:underline"
                >
                  {name}
                </a>
              ),
              order: ({ name }: QueueState) => name,
              phone: 'title',
            },
            {
              id: 'workers',
              title: 'Workers',
              isNumber: true,
              cell: ({ name }: QueueState) => (at(name) === 0 ? <Chip tone="warn">none</Chip> : at(name)),
              order: ({ name }: QueueState) => at(name),
            },
            ...(['waiting', 'active', 'delayed', 'failed'] as const).map((state) => ({
              id: state,
              title: { waiting: 'Waiting', active: 'Running', delayed: 'Later', failed: 'Failed' }[state],
              isNumber: true,
              cell: (queue: QueueState) => countOf(queue, state) ?? 'no answer',
              order: (queue: QueueState) => countOf(queue, state) ?? -1,
            })),
            {
              id: 'oldest',
              title: 'Oldest waits',
              isNumber: true,
              cell: ({ oldestSeconds }: QueueState) =>
                oldestSeconds === null ? (
                  '–'
                ) : (
                  <span className={oldestSeconds > longSeconds ? 'font-semibold text-down' : ''}>
                    {span(oldestSeconds * 1_000)}
                  </span>
                ),
              order: ({ oldestSeconds }: QueueState) => oldestSeconds ?? -1,
            },
          ]}
          rows={queues}
          rowKey={({ name }) => name}
        />
      </Panel>
      {failures.length > 0 && (
        <Panel title="Failed jobs" aside={<Chip tone="down">{failures.length}</Chip>}>
          <ul className="divide-y divide-line border-t border-line text-sm">
            {failures.map(({ queue, job, reason, at: failedAt, path }) => (
              <li key={path} className="px-4 py-2.5">
                <div className="flex flex-wrap items-baseline gap-x-3">
                  <a href={path} className="font-medium text-accent underline-offset-4 hover:underline">
                    {job}
                  </a>
                  <span className="text-xs text-muted">
                    {queue}
                    {failedAt !== null && `, ${fullTime(Date.parse(failedAt))}`}
                  </span>
                </div>
                <p className="mt-0.5 break-words">{reason}</p>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  )
}

function countOf(
  { counts }: QueueState,
  state: 'waiting' | 'active' | 'delayed' | 'failed',
): number | undefined {
  if (counts === null) return undefined
  return (counts[state] ?? 0) + (state === 'waiting' ? (counts.prioritized ?? 0) + (counts.paused ?? 0) : 0)
}
