import { useInfiniteQuery } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import type { AuditEntry } from '../../api/admin-audit.ts'
import { Button } from '../parts/button.tsx'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { fullTime } from '../parts/format.ts'
import { Heading } from '../parts/heading.tsx'
import { Panel } from '../parts/panel.tsx'
import { SelectField } from '../parts/select-field.tsx'
import { type Column, Table } from '../parts/table.tsx'
import { TextField } from '../parts/text-field.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { ask } from '../shell/api.ts'
import { useHere, useSearchChange } from '../shell/router.tsx'

interface Page {
  readonly items: AuditEntry[]
  readonly next: string | null
  readonly actions: string[]
}

const columns: readonly Column<AuditEntry>[] = [
  {
    id: 'at',
    title: 'When',
    cell: ({ at }) => (
      <time dateTime={at} title={fullTime(Date.parse(at))} className="whitespace-nowrap">
        {new Date(at).toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'medium' })}
      </time>
    ),
  },
  { id: 'actor', title: 'Who', cell: ({ actor }) => <span className="break-all">{actor}</span> },
  { id: 'action', title: 'What', cell: ({ action }) => action, phone: 'title' },
  {
    id: 'target',
    title: 'On what',
    cell: ({ target }) => <span className="break-all">{target ?? '–'}</span>,
  },
  {
    id: 'user',
    title: 'Concerns',
    cell: ({ user }) => <span className="break-all">{user ?? 'everybody'}</span>,
  },
  { id: 'details', title: 'Details', cell: ({ details }) => <Details details={details} /> },
]

/** Who did what. Entries are never changed nor removed. */
export default function AuditPage() {
  const { search } = useHere()
  const change = useSearchChange()
  const asked = { search: search.get('search') ?? '', action: search.get('action') ?? '' }
  const entries = useInfiniteQuery({
    queryKey: ['admin', 'audit', asked],
    queryFn: ({ pageParam }) => ask<Page>(`/admin/audit?${queryOf({ ...asked, cursor: pageParam })}`),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    staleTime: 0,
  })
  const rows = entries.data?.pages.flatMap(({ items }) => items) ?? []
  const actions = entries.data?.pages[0]?.actions ?? (asked.action ? [asked.action] : [])
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    change({ search: String(new FormData(event.currentTarget).get('search') ?? '').trim() })
  }
  return (
    <>
      <Heading title="Audit log">
        What people and the program itself did to halts, keys, roles, orders and settings. Nothing here is
        ever changed.
      </Heading>
      <search>
        <form onSubmit={submit} className="flex flex-wrap items-end gap-3">
          <TextField
            label="Search"
            name="search"
            type="search"
            defaultValue={asked.search}
            maxLength={100}
            placeholder="a person, an id, a reason"
            className="min-w-52 flex-1"
          />
          <SelectField
            label="What"
            value={asked.action}
            onChange={(event) => change({ action: event.target.value })}
            options={[{ value: '', name: 'everything' }, ...actions.map((value) => ({ value, name: value }))]}
            className="min-w-44"
          />
          <Button type="submit">Search</Button>
        </form>
      </search>
      <Panel title="Entries">
        {entries.error ? (
          <Failure error={entries.error} />
        ) : entries.isPending ? (
          <Waiting rows={6} />
        ) : rows.length === 0 ? (
          <Empty title="Nothing matches">
            {asked.search || asked.action ? 'Search for less, or for everything.' : 'Nothing was done yet.'}
          </Empty>
        ) : (
          <>
            <Table caption="Entries of the audit log" columns={columns} rows={rows} rowKey={({ id }) => id} />
            {entries.hasNextPage && (
              <div className="border-t border-line p-3 text-center">
                <Button disabled={entries.isFetchingNextPage} onClick={() => entries.fetchNextPage()}>
                  Show older
                </Button>
              </div>
            )}
          </>
        )}
      </Panel>
    </>
  )
}

function Details({ details }: Pick<AuditEntry, 'details'>) {
  const some = Object.entries(details).filter(([, value]) => value !== null)
  if (some.length === 0) return <>–</>
  return (
    <span className="text-xs break-all text-muted">
      {some
        .map(([name, value]) => `${name}: ${typeof value === 'object' ? JSON.stringify(value) : value}`)
        .join('; ')}
    </span>
  )
}

function queryOf(asked: Readonly<Record<string, string>>): string {
  return new URLSearchParams(Object.entries(asked).filter(([, value]) => value !== '')).toString()
}
