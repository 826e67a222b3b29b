import { useQuery } from '@tanstack/react-query'
import type { AlertChannelsAnswer } from '../../api/alert-channels.ts'
import { Failure } from '../parts/failure.tsx'
import { Panel } from '../parts/panel.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { ask } from '../shell/api.ts'
import { ChannelState } from './channel-state.tsx'
import { WishesForm } from './wishes-form.tsx'

/** Where alerts go besides this page, and which. */
export function Channels() {
  const channels = useQuery({
    queryKey: ['alert-channels'],
    queryFn: () => ask<AlertChannelsAnswer>('/alert-channels'),
  })
  const { data } = channels
  return (
    <>
      {data?.isLiveUnproven && (
        <p role="alert" className="rounded-xl bg-warn-soft px-4 py-3 text-sm text-warn">
          <strong className="font-semibold">You trade real money, and no alert is known to reach you.</strong>{' '}
          Send a test below: once it has arrived, this goes away.
        </p>
      )}
      <Panel title="Channels">
        {channels.error ? (
          <Failure error={channels.error} />
        ) : data ? (
          <ul className="divide-y divide-line border-t border-line">
            {data.channels.map((channel) => (
              <li key={channel.channel}>
                <ChannelState channel={channel} />
              </li>
            ))}
          </ul>
        ) : (
          <Waiting rows={3} />
        )}
      </Panel>
      <Panel title="What goes where">
        {data ? <WishesForm stored={data.wishes} /> : <Waiting rows={6} />}
      </Panel>
    </>
  )
}
