import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { Invitation, NewInvitation } from '../../api/invitations.ts'
import { Button } from '../parts/button.tsx'
import { Chip } from '../parts/chip.tsx'
import { CopyField } from '../parts/copy-field.tsx'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { When } from '../parts/moment.tsx'
import { Panel } from '../parts/panel.tsx'
import { SelectField } from '../parts/select-field.tsx'
import { TextField } from '../parts/text-field.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { ApiProblem, ask, queries, send } from '../shell/api.ts'

const changed = () => queries.refetchQueries({ queryKey: ['invitations'] })

const roles = [
  { value: 'user', name: 'User' },
  { value: 'admin', name: 'Administrator' },
]

/** Who was invited and has not come yet, and the way to invite somebody. */
export function Invitations({ className }: { className: string }) {
  const [made, setMade] = useState<NewInvitation>()
  const invitations = useQuery({
    queryKey: ['invitations'],
    queryFn: () => ask<{ items: Invitation[] }>('/invitations'),
    staleTime: 0,
  })
  return (
    <Panel title="Invitations" className={className}>
      <InviteForm onMade={setMade} />
      {made && (
        <div role="status" className="space-y-2 border-t border-line bg-accent-soft px-4 py-3 text-sm">
          <p>
            Hand this link to {made.email} on a way you trust. It is shown once, and makes one user until{' '}
            <When at={made.expiresAt} />.
          </p>
          <CopyField label="Link of the invitation" text={`${location.origin}${made.path}`} />
          <Button onClick={() => setMade(undefined)}>Done</Button>
        </div>
      )}
      {invitations.error ? (
        <Failure error={invitations.error} />
      ) : (
        <Rows invitations={invitations.data?.items} />
      )}
    </Panel>
  )
}

function InviteForm({ onMade }: { onMade: (made: NewInvitation) => void }) {
  const invite = useMutation({
    mutationFn: (body: object) => send<NewInvitation>('/invitations', body),
    async onSuccess(made) {
      onMade(made)
      await changed()
    },
  })
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = event.currentTarget
    invite.mutate(Object.fromEntries(new FormData(form)), { onSuccess: () => form.reset() })
  }
  const errors = invite.error instanceof ApiProblem ? invite.error.errors : {}
  return (
    <form onSubmit={submit} className="space-y-3 border-t border-line px-4 py-3">
      <TextField label="E-mail" name="email" type="email" autoComplete="off" required error={errors.email} />
      <SelectField label="Role" name="role" options={roles} defaultValue="user" error={errors.role} />
      {invite.error && Object.keys(errors).length === 0 && <Failure error={invite.error} />}
      <Button look="primary" type="submit" disabled={invite.isPending}>
        {invite.isPending ? 'Inviting…' : 'Invite'}
      </Button>
    </form>
  )
}

function Rows({ invitations }: { invitations: readonly Invitation[] | undefined }) {
  if (!invitations) return <Waiting rows={1} />
  if (invitations.length === 0)
    return (
      <div className="border-t border-line">
        <Empty title="Nobody is invited">Enter an address above; you get a link to hand over.</Empty>
      </div>
    )
  return (
    <ul className="divide-y divide-line border-t border-line">
      {invitations.map((each) => (
        <Row key={each.id} invitation={each} />
      ))}
    </ul>
  )
}

function Row({ invitation: { id, email, role, expiresAt, isExpired } }: { invitation: Invitation }) {
  const remove = useMutation({
    mutationFn: () => send(`/invitations/${id}`, {}, 'DELETE'),
    onSuccess: changed,
  })
  return (
    <li className="px-4 py-2.5 text-sm">
      <div className="flex items-center justify-between gap-3">
        <div className="min-w-0">
          <p className="flex flex-wrap items-center gap-x-2 font-medium">
            <span className="break-all">{email}</span>
            {role === 'admin' && <Chip tone="accent">administrator</Chip>}
            {isExpired && <Chip tone="down">expired</Chip>}
          </p>
          <p className="text-xs text-muted">
            {isExpired ? 'ended' : 'until'} <When at={expiresAt} />
          </p>
        </div>
        <Button look="quiet" disabled={remove.isPending} onClick={() => remove.mutate()}>
          Take back<span className="sr-only"> the invitation of {email}</span>
        </Button>
      </div>
      {remove.error && <Failure error={remove.error} />}
    </li>
  )
}
