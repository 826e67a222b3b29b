import { useQuery } from '@tanstack/react-query'
import type { SourceScores } from '../../api/scores.ts'
import type { SourceState } from '../../api/sources.ts'
import { Chip } from '../parts/chip.tsx'
import { Failure } from '../parts/failure.tsx'
import { percent, share } from '../parts/format.ts'
import { Ago } from '../parts/moment.tsx'
import { Panel } from '../parts/panel.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { sourceName } from '../parts/words.ts'
import { ask } from '../shell/api.ts'
import { Link } from '../shell/link.tsx'

/** Who speaks, as the API tells it. */
export function useSources() {
  return useQuery({
    queryKey: ['sources'],
    queryFn: () => ask<{ items: SourceState[] }>('/sources'),
    refetchInterval: 10_000,
  })
}

/** A source beside how it did over thirty days. */
type Row = SourceState & { readonly record: SourceScores | undefined }

const columns: readonly Column<Row>[] = [
  {
    id: 'source',
    title: 'Source',
    phone: 'title',
    order: ({ source }) => sourceName(source),
    cell: ({ source, kind }) => (
      <>
        {sourceName(source)}
        {kind === 'strategy' && <span className="font-normal text-muted"> the operator’s strategy</span>}
      </>
    ),
  },
  { id: 'state', title: 'State', cell: (row) => <StateOf row={row} /> },
  {
    id: 'said',
    title: 'Last said',
    order: ({ lastSaidAt }) => lastSaidAt ?? '',
    cell: ({ lastSaidAt }) => (lastSaidAt === null ? '–' : <Ago at={lastSaidAt} />),
  },
  { id: 'live', title: 'Alive', isNumber: true, order: ({ live }) => live, cell: ({ live }) => live },
  {
    id: 'hits',
    title: 'Right, 30 d',
    isNumber: true,
    order: ({ record }) => record?.hitRate ?? -1,
    cell: ({ record }) => (record ? `${share(record.hitRate)} of ${record.samples}` : 'too early'),
  },
  {
    id: 'move',
    title: 'Mean after fees',
    isNumber: true,
    phone: 'hidden',
    order: ({ record }) => record?.profit ?? -1,
    cell: ({ record }) => (record ? percent(record.profit) : '–'),
  },
  { id: 'accounts', title: 'Your accounts', cell: (row) => <AccountsOf row={row} /> },
]

/** The sources with what is wrong with each, how it did, and how many accounts act on it. */
export function Sources() {
  const { data, error } = useSources()
  const scores = useQuery({
    queryKey: ['scores', 30],
    queryFn: () => ask<{ sources: SourceScores[] }>('/scores?days=30'),
    refetchInterval: 60_000,
  })
  const rows = data?.items.map((item) => ({
    ...item,
    record: scores.data?.sources.find(({ source }) => source === item.source),
  }))
  return (
    <Panel
      title="Sources"
      aside={
        <Link to="/scores" className="text-xs text-muted underline underline-offset-2">
          How they did
        </Link>
      }
    >
      {error && !rows && <Failure error={error} />}
      {!rows && !error && <Waiting rows={3} />}
      {rows && (
        <Table
          caption="Each source and how it does"
          columns={columns}
          rows={rows}
          rowKey={({ source }) => source}
        />
      )}
      <Strategies items={data?.items ?? []} />
    </Panel>
  )
}

/** The parameters of the operator's strategies; who operates Bullpen changes them in the files beside these. */
function Strategies({ items }: { items: readonly SourceState[] }) {
  return items.map(
    ({ source, strategy }) =>
      strategy && (
        <details key={source} className="border-t border-line">
          <summary className="px-4 py-2 text-sm hover:bg-raised/50">
            <span className="font-medium">{sourceName(source)}</span>{' '}
            <span className="text-muted">
              candles of {strategy.timeframe}, {strategy.parameters.length} parameters
            </span>
          </summary>
          <dl className="grid gap-x-6 gap-y-2 px-4 pt-1 pb-3 text-sm sm:grid-cols-2">
            {strategy.parameters.map(({ name, value, about }) => (
              <div key={name}>
                <dt className="font-mono text-xs">{name}</dt>
                <dd>
                  <span className="font-semibold tabular-nums">{String(value)}</span>{' '}
                  <span className="text-xs text-muted">{about}</span>
                </dd>
              </div>
            ))}
          </dl>
        </details>
      ),
  )
}

/** Titan and the council take turns: one of them is silent while the other speaks. */
function StateOf({ row: { trouble, lastSaidAt, live } }: { row: Row }) {
  if (trouble)
    return (
      <span className="text-warn">
        away since <Ago at={trouble.since} />: {trouble.reason}
      </span>
    )
  if (live > 0) return <Chip tone="up">speaks</Chip>
  return <Chip tone="plain">{lastSaidAt === null ? 'silent' : 'says nothing now'}</Chip>
}

function AccountsOf({ row: { accounts, ofAccounts } }: { row: Row }) {
  if (ofAccounts === 0) return <>–</>
  return (
    <span className="inline-flex items-baseline gap-2">
      {accounts === 0
        ? 'none acts on it'
        : accounts === ofAccounts
          ? 'all act on it'
          : `${accounts} of ${ofAccounts}`}
      <Link to="/settings#sources" className="text-xs text-accent underline underline-offset-2">
        Change
      </Link>
    </span>
  )
}
