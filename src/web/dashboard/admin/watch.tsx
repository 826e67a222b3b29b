import type { Operations } from '../../api/operations.ts'
import { Chip } from '../parts/chip.tsx'
import { Empty } from '../parts/empty.tsx'
import { span } from '../parts/format.ts'
import { Panel } from '../parts/panel.tsx'
import { Table } from '../parts/table.tsx'
import { venueName } from '../parts/words.ts'

/** A shard that nobody has swept for this long is late. */
const lateSeconds = 10

/** Whether every open position is watched: as counts, over all tenants. */
export function Watch({ operations: { positions, shards } }: { operations: Operations }) {
  const open = positions.reduce((sum, place) => sum + place.open, 0)
  const bare = positions.reduce((sum, place) => sum + place.unprotected, 0)
  const missed = shards.reduce((sum, shard) => sum + shard.missedTicks, 0)
  const late = shards.filter(
    ({ sweptSecondsAgo }) => sweptSecondsAgo === null || sweptSecondsAgo > lateSeconds,
  )
  return (
    <Panel
      title="Positions and the monitor"
      aside={
        bare > 0 ? (
          <Chip tone="down">{bare} unprotected</Chip>
        ) : (
          <Chip tone="up">{open === 0 ? 'nothing open' : 'all protected'}</Chip>
        )
      }
    >
      <p className="border-t border-line px-4 py-2 text-sm text-muted">
        {shards.length === 0
          ? 'No shard has been swept yet: start a worker for the queue monitor.'
          : `${shards.length} shards; ${late.length === 0 ? 'all swept within 10 s' : `late: ${late.map(({ shard }) => shard).join(', ')}`}; ${missed.toLocaleString('en-US')} ticks missed since the beginning.`}
      </p>
      {positions.length === 0 ? (
        <Empty title="Nothing is open">Positions appear here as counts, for every user together.</Empty>
      ) : (
        <Table
          caption="Open positions by place"
          columns={[
            { id: 'place', title: 'Place', cell: (row) => venueName(row), phone: 'title' },
            { id: 'mode', title: 'Mode', cell: ({ mode }) => mode },
            { id: 'open', title: 'Open', isNumber: true, cell: (row) => row.open, order: (row) => row.open },
            {
              id: 'bare',
              title: 'Unprotected',
              isNumber: true,
              cell: ({ unprotected, longestSeconds }) =>
                unprotected === 0
                  ? '0'
                  : `${unprotected}, the longest for ${span((longestSeconds ?? 0) * 1_000)}`,
              order: ({ unprotected }) => unprotected,
            },
          ]}
          rows={positions}
          rowKey={({ exchange, market, mode }) => `${exchange} ${market} ${mode}`}
        />
      )}
    </Panel>
  )
}
