import { useMutation, useQuery } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { NewPassword } from '../parts/new-password.tsx'
import { TextField } from '../parts/text-field.tsx'
import { sendAuth } from '../shell/api.ts'
import { BareForm, BarePage } from './bare.tsx'
import { DeadLink } from './dead-link.tsx'
import { linkToken } from './destination.ts'

interface Shown {
  readonly email: string
  readonly role: 'user' | 'admin'
}

/** Where an invitation leads: whoever was invited chooses a password and is in. */
export default function InvitationPage() {
  const token = linkToken()
  const shown = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => sendAuth<Shown>('/invitation', { token }),
    retry: false,
  })
  const accept = useMutation({
    async mutationFn(fields: { name: string; password: string }) {
      const { email } = await sendAuth<{ email: string }>('/invitation/accept', { token, ...fields })
      await sendAuth('/sign-in/email', { email, password: fields.password })
    },
    onSuccess: () => location.assign('/'),
  })
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    accept.mutate({ name: String(fields.get('name')), password: String(fields.get('password')) })
  }
  if (shown.error) return <DeadLink title="Invitation" error={shown.error} />
  return (
    <BarePage
      title="Welcome to Bullpen"
      lead={
        shown.data
          ? `You were invited${shown.data.role === 'admin' ? ' as an administrator' : ''}. Choose a name and a password.`
          : 'One moment…'
      }
    >
      <BareForm
        action="Come in"
        isBusy={!shown.data || accept.isPending || accept.isSuccess}
        error={accept.error}
        onSubmit={submit}
      >
        <TextField
          label="E-mail"
          type="email"
          autoComplete="username"
          value={shown.data?.email ?? ''}
          readOnly
          hint="You sign in with it."
        />
        <TextField label="Name" name="name" autoComplete="name" maxLength={80} required />
        <NewPassword />
      </BareForm>
    </BarePage>
  )
}
