import { useQuery } from '@tanstack/react-query'
import type { AdminHalts } from '../../api/admin-halts.ts'
import { Chip } from '../parts/chip.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { fullTime } from '../parts/format.ts'
import { Heading } from '../parts/heading.tsx'
import { Panel } from '../parts/panel.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { ask, queries, send } from '../shell/api.ts'
import { HaltForm } from './halt-form.tsx'
import { placeName } from './places.ts'

/** Every halt in force, and the means to set one anywhere, to lift it, and to close what is open. */
export default function HaltsPage() {
  const halts = useQuery({
    queryKey: ['admin', 'halts'],
    queryFn: () => ask<AdminHalts>('/admin/halts'),
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data && state.data.closings.length > 0 ? 2_000 : 10_000),
  })
  return (
    <>
      <Heading title="Halts">
        A halt stops new entries from the moment it is set. Exits, stops and the monitor always go on. Bullpen
        sets halts by itself and never lifts one.
      </Heading>
      {halts.error ? (
        <Failure error={halts.error} />
      ) : halts.data === undefined ? (
        <Waiting rows={6} />
      ) : (
        <div className="grid items-start gap-3 sm:gap-4 lg:grid-cols-5">
          <HaltForm places={halts.data.places} className="lg:col-span-2" />
          <div className="space-y-3 sm:space-y-4 lg:col-span-3">
            <Closings closings={halts.data.closings} />
            <InForce halts={halts.data.halts} />
          </div>
        </div>
      )}
    </>
  )
}

function Closings({ closings }: Pick<AdminHalts, 'closings'>) {
  if (closings.length === 0) return null
  return (
    <Panel title="Being closed">
      <ul className="divide-y divide-line border-t border-line text-sm">
        {closings.map((closing) => (
          <li key={closing.batchId} className="px-4 py-3">
            <div className="flex flex-wrap items-center gap-2">
              <span className="font-semibold">{placeName(closing)}</span>
              <Chip tone="warn">
                {closing.closed} of {closing.positions} closed
              </Chip>
            </div>
            <p className="mt-0.5 text-xs text-muted">
              since {fullTime(Date.parse(closing.openedAt))} by {closing.openedBy}
              {closing.reason && `: ${closing.reason}`}
              {closing.waitsFor && `. It waits for: ${closing.waitsFor}`}
            </p>
          </li>
        ))}
      </ul>
    </Panel>
  )
}

function InForce({ halts }: Pick<AdminHalts, 'halts'>) {
  return (
    <Panel title="In force" aside={<span className="text-xs text-muted">{halts.length}</span>}>
      {halts.length === 0 ? (
        <Empty title="No halt is in force">Entries start wherever signals and settings allow them.</Empty>
      ) : (
        <ul className="divide-y divide-line border-t border-line text-sm">
          {halts.map((halt) => (
            <li
              key={`${halt.scope} ${halt.key}`}
              className="flex items-start justify-between gap-3 px-4 py-3"
            >
              <div className="min-w-0">
                <div className="flex flex-wrap items-center gap-2">
                  <span className="font-semibold break-all">{placeName(halt)}</span>
                  <Chip tone={halt.mode === 'flatten' ? 'down' : 'warn'}>
                    {halt.mode === 'flatten' ? 'No entries, all closed' : 'No entries'}
                  </Chip>
                </div>
                <p className="mt-0.5 text-xs text-muted">
                  {halt.reason ?? 'without a reason'}; {halt.setBy ?? 'nobody'},{' '}
                  {fullTime(Date.parse(halt.setAt))}
                </p>
              </div>
              <Confirm
                button={
                  <>
                    Lift<span className="sr-only"> the halt of {placeName(halt)}</span>
                  </>
                }
                title="Allow entries again?"
                action="Lift the halt"
                onConfirm={async () => {
                  await send('/admin/halts', { scope: halt.scope, key: halt.key, mode: 'none' })
                  await queries.refetchQueries({ queryKey: ['admin', 'halts'] })
                }}
              >
                New entries may start for {placeName(halt)} at once, unless a wider halt stands in the way. It
                was set because: {halt.reason ?? 'nobody said why'}.
              </Confirm>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  )
}
