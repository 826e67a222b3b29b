import { useQuery } from '@tanstack/react-query'
import type { OpenAlerts } from '../../api/alerts.ts'
import { NavIcon } from '../parts/nav-icon.tsx'
import { ask } from '../shell/api.ts'
import { Link } from '../shell/link.tsx'

const refreshMs = 15_000

/** How many alerts wait for somebody to look, in the header of every page. */
export function Bell() {
  const { data } = useQuery({
    queryKey: ['alerts', 'open'],
    queryFn: () => ask<OpenAlerts>('/alerts/open'),
    refetchInterval: refreshMs,
  })
  const count = (data?.critical ?? 0) + (data?.warning ?? 0)
  return (
    <Link
      to="/alerts"
      aria-label={count === 0 ? 'Alerts' : `Alerts: ${count} not acknowledged`}
      className="relative grid size-10 place-items-center rounded-lg text-muted hover:bg-raised hover:text-text"
    >
      <NavIcon name="alerts" />
      {count > 0 && (
        <span
          aria-hidden="true"
          className={`absolute top-1 right-0.5 min-w-4 rounded-full px-1 text-center text-[0.625rem] leading-4 font-semibold text-white ${data?.critical ? 'bg-down-solid' : 'bg-accent-solid'}`}
        >
          {count > 99 ? '99+' : count}
        </span>
      )}
    </Link>
  )
}
