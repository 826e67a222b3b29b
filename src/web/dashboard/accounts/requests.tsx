import { useQuery } from '@tanstack/react-query'
import type { AccountRequestAnswer } from '../../api/account-requests.ts'
import { Chip } from '../parts/chip.tsx'
import { Panel } from '../parts/panel.tsx'
import { venueName } from '../parts/words.ts'
import { ask } from '../shell/api.ts'

/** Accounts that are being connected, and what was refused within the hour; nothing when there is neither. */
export function Requests() {
  const { data } = useQuery({
    queryKey: ['account-requests'],
    queryFn: () => ask<{ items: AccountRequestAnswer[] }>('/accounts/requests'),
    refetchInterval: 3_000,
  })
  if (!data || data.items.length === 0) return null
  return (
    <Panel title="Asked for">
      <ul className="divide-y divide-line border-t border-line">
        {data.items.map((request) => (
          <li key={request.id} className="flex flex-wrap items-baseline gap-x-3 gap-y-1 px-4 py-2.5 text-sm">
            <span className="font-medium">{request.name ?? 'Another key'}</span>
            <span className="text-muted">
              {venueName(request)}, {request.mode}
            </span>
            {request.state === 'waiting' ? (
              <Chip tone="accent">the exchange is being asked</Chip>
            ) : (
              <>
                <Chip tone="down">refused</Chip>
                <span className="basis-full text-muted">{request.reason}</span>
              </>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  )
}
