import type { Operations } from '../../api/operations.ts'
import { Empty } from '../parts/empty.tsx'
import { fullTime, span } from '../parts/format.ts'
import { Panel } from '../parts/panel.tsx'
import { Table } from '../parts/table.tsx'

type Worker = Operations['workers'][number]

/** A heartbeat older than this is a worker that may be gone. */
const lateSeconds = 15

/** The processes of the cluster and how they are. */
export function Workers({ workers }: Pick<Operations, 'workers'>) {
  return (
    <Panel title="Processes" aside={<span className="text-xs text-muted">{workers.length}</span>}>
      {workers.length === 0 ? (
        <Empty title="No process has reported">
          Start them with npm start, or one process per line of the Procfile.
        </Empty>
      ) : (
        <Table
          caption="Processes of the cluster"
          columns={[
            {
              id: 'role',
              title: 'Role',
              cell: ({ role, host, pid }) => (
                <>
                  {role} <span className="text-xs font-normal text-muted">{`${host}, pid ${pid}`}</span>
                </>
              ),
              order: ({ role }: Worker) => role,
              phone: 'title',
            },
            {
              id: 'queues',
              title: 'Queues',
              cell: ({ queues }: Worker) => (queues.length === 0 ? '–' : queues.join(', ')),
            },
            {
              id: 'heard',
              title: 'Heard',
              isNumber: true,
              cell: ({ heartbeatSecondsAgo: ago }: Worker) => (
                <span className={`whitespace-nowrap ${ago > lateSeconds ? 'font-semibold text-down' : ''}`}>
                  {ago > lateSeconds && 'late: '}
                  {span(ago * 1_000)} ago
                </span>
              ),
              order: ({ heartbeatSecondsAgo }: Worker) => heartbeatSecondsAgo,
            },
            {
              id: 'memory',
              title: 'Memory',
              isNumber: true,
              cell: ({ rssMb }: Worker) => (rssMb === null ? '–' : `${rssMb} MB`),
              order: ({ rssMb }: Worker) => rssMb ?? 0,
            },
            {
              id: 'lag',
              title: 'Loop lag',
              isNumber: true,
              cell: ({ loopLagMs }: Worker) => (loopLagMs === null ? '–' : `${loopLagMs.toFixed(0)} ms`),
              order: ({ loopLagMs }: Worker) => loopLagMs ?? 0,
            },
            { id: 'version', title: 'Version', cell: ({ version }: Worker) => version },
            {
              id: 'started',
              title: 'Up since',
              cell: ({ startedAt }: Worker) => {
                const ms = Date.parse(startedAt)
                return (
                  <time dateTime={startedAt} title={fullTime(ms)} className="whitespace-nowrap">
                    {new Date(ms).toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'short' })}
                  </time>
                )
              },
              order: ({ startedAt }: Worker) => startedAt,
            },
          ]}
          rows={workers}
          rowKey={({ id }) => id}
        />
      )}
    </Panel>
  )
}
