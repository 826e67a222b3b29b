import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import type { Alert } from '../../api/alerts.ts'
import { Button } from '../parts/button.tsx'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Heading } from '../parts/heading.tsx'
import { Panel } from '../parts/panel.tsx'
import { SelectField } from '../parts/select-field.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { ask, queries, send } from '../shell/api.ts'
import { useHere, useSearchChange } from '../shell/router.tsx'
import { AlertRow } from './alert-row.tsx'
import { Channels } from './channels.tsx'

interface AlertsAnswer {
  readonly items: Alert[]
  readonly next: string | null
}

const severityOptions = [
  { value: '', name: 'All' },
  { value: 'critical', name: 'Critical' },
  { value: 'warning', name: 'Warnings' },
  { value: 'trade', name: 'Trades' },
  { value: 'info', name: 'Notes and reports' },
]
const stateOptions = [
  { value: '', name: 'All' },
  { value: 'true', name: 'Not acknowledged' },
  { value: 'false', name: 'Acknowledged' },
]
const refreshMs = 15_000

/** What the user should hear of, and where else it goes. */
export default function AlertsPage() {
  const { search } = useHere()
  const change = useSearchChange()
  const severity = search.get('severity') ?? ''
  const open = search.get('open') ?? ''
  const alerts = useInfiniteQuery({
    queryKey: ['alerts', severity, open],
    queryFn: ({ pageParam }) =>
      ask<AlertsAnswer>(`/alerts?${queryOf({ severity, open, cursor: pageParam })}`),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    refetchInterval: refreshMs,
  })
  const items = alerts.data?.pages.flatMap((page) => page.items)
  const waiting = items?.filter(({ acknowledgedAt }) => acknowledgedAt === null)
  const acknowledge = useMutation({
    mutationFn: (until: string) => send('/alerts/acknowledge', { until }),
    onSuccess: () => queries.refetchQueries({ queryKey: ['alerts'] }),
  })
  const latest = waiting?.[0]?.raisedAt
  return (
    <>
      <Heading title="Alerts">
        What happened, what Bullpen did about it, and what you can do. Critical ones are told again until you
        acknowledge them.
      </Heading>
      <div className="grid items-start gap-3 sm:gap-4 lg:grid-cols-5">
        <Panel
          title="Latest"
          className="lg:col-span-3"
          aside={
            latest !== undefined && (
              <Button
                look="quiet"
                disabled={acknowledge.isPending}
                onClick={() => acknowledge.mutate(latest)}
              >
                Acknowledge all
              </Button>
            )
          }
        >
          <search className="grid grid-cols-2 gap-3 border-t border-line px-4 py-3">
            <SelectField
              label="Show"
              options={severityOptions}
              value={severity}
              onChange={(event) => change({ severity: event.target.value })}
            />
            <SelectField
              label="State"
              options={stateOptions}
              value={open}
              onChange={(event) => change({ open: event.target.value })}
            />
          </search>
          {acknowledge.error && <Failure error={acknowledge.error} />}
          {alerts.error ? (
            <Failure error={alerts.error} />
          ) : items === undefined ? (
            <Waiting rows={6} />
          ) : items.length === 0 ? (
            <Empty title={severity || open ? 'Nothing like that' : 'All is quiet'}>
              {severity || open
                ? 'Choose All above to see the other alerts.'
                : 'Trades, warnings and whatever needs you will stand here.'}
            </Empty>
          ) : (
            <ul className="divide-y divide-line border-t border-line">
              {items.map((alert) => (
                <li key={alert.id}>
                  <AlertRow alert={alert} isSought={alert.id === search.get('alert')} />
                </li>
              ))}
            </ul>
          )}
          {alerts.hasNextPage && (
            <div className="border-t border-line p-3 text-center">
              <Button disabled={alerts.isFetchingNextPage} onClick={() => alerts.fetchNextPage()}>
                {alerts.isFetchingNextPage ? 'Loading…' : 'Show older alerts'}
              </Button>
            </div>
          )}
        </Panel>
        <div id="channels" className="space-y-3 sm:space-y-4 lg:col-span-2">
          <Channels />
        </div>
      </div>
    </>
  )
}

function queryOf(names: Readonly<Record<string, string>>): URLSearchParams {
  return new URLSearchParams(Object.entries(names).filter(([, value]) => value !== ''))
}
