import { useMutation, useQuery } from '@tanstack/react-query'
import type { SignedInSession } from '../../api/sessions.ts'
import { Button } from '../parts/button.tsx'
import { Chip } from '../parts/chip.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Failure } from '../parts/failure.tsx'
import { When } from '../parts/moment.tsx'
import { Panel } from '../parts/panel.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { ask, queries, send } from '../shell/api.ts'
import { toast } from '../shell/toasts.tsx'

const changed = () => queries.refetchQueries({ queryKey: ['sessions'] })

/** Where the user is signed in. */
export function SessionsPanel() {
  const sessions = useQuery({
    queryKey: ['sessions'],
    queryFn: () => ask<{ items: SignedInSession[] }>('/sessions'),
    staleTime: 0,
  })
  const items = sessions.data?.items
  return (
    <Panel
      title="Where you are signed in"
      aside={
        items &&
        items.length > 1 && (
          <Confirm
            button="Sign out everywhere else"
            title="Sign out everywhere else?"
            action="Sign out"
            opener="quiet"
            onConfirm={async () => {
              await send('/sessions', {}, 'DELETE')
              toast('Every other device is signed out.')
              await changed()
            }}
          >
            Every device but this one has to sign in again. Trading goes on.
          </Confirm>
        )
      }
    >
      {sessions.error ? (
        <Failure error={sessions.error} />
      ) : items ? (
        <ul className="divide-y divide-line border-t border-line">
          {items.map((session) => (
            <Row key={session.id} session={session} />
          ))}
        </ul>
      ) : (
        <Waiting rows={2} />
      )}
    </Panel>
  )
}

function Row({ session }: { session: SignedInSession }) {
  const end = useMutation({
    mutationFn: () => send(`/sessions/${session.id}`, {}, 'DELETE'),
    onSuccess: changed,
  })
  return (
    <li className="px-4 py-2.5 text-sm">
      <div className="flex items-center justify-between gap-3">
        <div className="min-w-0">
          <p className="flex flex-wrap items-center gap-x-2 font-medium">
            {session.device}
            {session.isThis && <Chip tone="accent">this one</Chip>}
          </p>
          <p className="text-xs text-muted">
            {session.address && <>from {placeOf(session.address)}, </>}
            since <When at={session.createdAt} />
            {!session.isThis && (
              <>
                , used <When at={session.usedAt} />
              </>
            )}
          </p>
        </div>
        {!session.isThis && (
          <Button look="quiet" disabled={end.isPending} onClick={() => end.mutate()}>
            Sign out<span className="sr-only"> {session.device}</span>
          </Button>
        )}
      </div>
      {end.error && <Failure error={end.error} />}
    </li>
  )
}

/** The address as people know it: a browser on the server's own machine comes from its loopback. */
function placeOf(address: string): string {
  return /^(127\.|::1$|[0:]+1?$)/.test(address) ? 'the server’s own machine' : address
}
