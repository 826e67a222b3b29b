import { useInfiniteQuery } from '@tanstack/react-query'
import type { Signal } from '../../api/signals.ts'
import { Button } from '../parts/button.tsx'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Heading } from '../parts/heading.tsx'
import { Panel } from '../parts/panel.tsx'
import { SelectField } from '../parts/select-field.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { sourceName } from '../parts/words.ts'
import { ask } from '../shell/api.ts'
import { useHere, useSearchChange } from '../shell/router.tsx'
import { SignalRow } from './signal-row.tsx'
import { Sources, useSources } from './sources.tsx'

const kinds = [
  { value: 'BUY,SELL', name: 'Buy and sell' },
  { value: 'BUY', name: 'Buy' },
  { value: 'SELL', name: 'Sell' },
  { value: 'HOLD', name: 'Wait (hold)' },
] as const

/** Who says what, and why it was or was not taken for me. */
export default function Signals() {
  const { search } = useHere()
  const change = useSearchChange()
  const source = search.get('source') ?? ''
  const actions = search.get('actions') ?? 'BUY,SELL'
  const { data: sources } = useSources()
  return (
    <>
      <Heading title="Signals">
        What the sources say of the market. Open a signal to see what it rests on, and what each of your
        accounts made of it.
      </Heading>
      <Sources />
      <Panel title="Signals">
        <div className="grid gap-3 px-4 pb-3 sm:max-w-lg sm:grid-cols-2">
          <SelectField
            label="Source"
            value={source}
            onChange={(event) => change({ source: event.target.value })}
            options={[
              { value: '', name: 'All sources' },
              ...(sources?.items ?? []).map((one) => ({ value: one.source, name: sourceName(one.source) })),
            ]}
          />
          <SelectField
            label="Says"
            value={actions}
            onChange={(event) => change({ actions: event.target.value })}
            options={kinds}
          />
        </div>
        <SignalPages source={source} actions={actions} />
      </Panel>
    </>
  )
}

interface Filter {
  readonly source: string
  readonly actions: string
}

interface Answer {
  readonly items: readonly Signal[]
  readonly next: string | null
}

function SignalPages({ source, actions }: Filter) {
  const pages = useInfiniteQuery({
    queryKey: ['signals', 'list', source, actions],
    queryFn: ({ pageParam }) => {
      const query = new URLSearchParams({ limit: '40', actions })
      if (source) query.set('source', source)
      if (pageParam) query.set('cursor', pageParam)
      return ask<Answer>(`/signals?${query}`)
    },
    initialPageParam: '',
    getNextPageParam: ({ next }) => next ?? undefined,
    refetchInterval: 10_000,
  })
  if (pages.error && !pages.data) return <Failure error={pages.error} />
  if (!pages.data) return <Waiting rows={6} />
  const signals = pages.data.pages.flatMap(({ items }) => items)
  if (signals.length === 0)
    return (
      <Empty title="Nothing was said">
        {source
          ? 'This source has said nothing of the kind. Choose all sources to see the others.'
          : 'The first signals usually arrive within a minute after the start.'}
      </Empty>
    )
  return (
    <>
      <ul aria-label="Signals, the latest first" className="divide-y divide-line border-t border-line">
        {signals.map((signal) => (
          <SignalRow key={signal.id} signal={signal} />
        ))}
      </ul>
      {pages.hasNextPage && (
        <div className="border-t border-line p-3 text-center">
          <Button disabled={pages.isFetchingNextPage} onClick={() => pages.fetchNextPage()}>
            {pages.isFetchingNextPage ? 'Loading…' : 'Older ones'}
          </Button>
        </div>
      )}
    </>
  )
}
