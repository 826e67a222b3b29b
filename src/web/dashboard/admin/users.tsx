import { useQuery } from '@tanstack/react-query'
import type { Person } from '../../api/users.ts'
import { Failure } from '../parts/failure.tsx'
import { Heading } from '../parts/heading.tsx'
import { Panel } from '../parts/panel.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { ask } from '../shell/api.ts'
import { useMe } from '../shell/me.ts'
import { Invitations } from './invitations.tsx'
import { UserRow } from './user-row.tsx'

/** Who may sign in, who was invited, and what an administrator does for them. */
export default function UsersPage() {
  const me = useMe()
  const users = useQuery({
    queryKey: ['users'],
    queryFn: () => ask<{ items: Person[] }>('/users'),
    staleTime: 0,
  })
  const items = users.data?.items
  return (
    <>
      <Heading title="Users">
        Who may sign in. What you do here is written in the log of whom it concerns; nobody sees another’s
        trades.
      </Heading>
      <div className="grid items-start gap-3 sm:gap-4 lg:grid-cols-5">
        <Panel
          title="Users"
          className="lg:col-span-3"
          aside={items && <span className="text-sm text-muted">{items.length}</span>}
        >
          {users.error ? (
            <Failure error={users.error} />
          ) : items ? (
            <ul className="divide-y divide-line border-t border-line">
              {items.map((user) => (
                <UserRow key={user.id} user={user} isYou={user.id === me?.id} />
              ))}
            </ul>
          ) : (
            <Waiting rows={3} />
          )}
        </Panel>
        <Invitations className="lg:col-span-2" />
      </div>
    </>
  )
}
