import { useQuery } from '@tanstack/react-query'
import type { AlertChannelsAnswer } from '../../api/alert-channels.ts'
import { ask } from '../shell/api.ts'
import { Link } from '../shell/link.tsx'

/** Says to whom trades real money that no alert is known to reach them; asks only where there is real money. */
export function UnprovenNotice({ isLive }: { isLive: boolean }) {
  const { data } = useQuery({
    queryKey: ['alert-channels'],
    queryFn: () => ask<AlertChannelsAnswer>('/alert-channels'),
    enabled: isLive,
  })
  if (!data?.isLiveUnproven) return null
  return (
    <p role="alert" className="rounded-xl bg-warn-soft px-4 py-2.5 text-sm text-warn">
      <strong className="font-semibold">No alert is known to reach you.</strong> You trade real money: try a
      channel on the page{' '}
      <Link to="/alerts" className="underline">
        Alerts
      </Link>
      .
    </p>
  )
}
