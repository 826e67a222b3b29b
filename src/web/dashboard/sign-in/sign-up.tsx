import { useMutation } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { NewPassword } from '../parts/new-password.tsx'
import { TextField } from '../parts/text-field.tsx'
import { sendAuth } from '../shell/api.ts'
import { BareForm, BarePage } from './bare.tsx'
import { destination } from './destination.ts'

/** Makes an account, where everybody may. */
export default function SignUpPage() {
  const signUp = useMutation({
    mutationFn: (body: object) => sendAuth('/sign-up/email', body),
    onSuccess: () => location.assign(destination()),
  })
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    signUp.mutate(Object.fromEntries(new FormData(event.currentTarget)))
  }
  return (
    <BarePage
      title="Make an account"
      lead="It begins with play money: nothing is at risk until you connect an exchange."
    >
      <BareForm
        action="Make an account"
        isBusy={signUp.isPending || signUp.isSuccess}
        error={signUp.error}
        onSubmit={submit}
      >
        <TextField label="Name" name="name" autoComplete="name" maxLength={80} required autoFocus />
        <TextField label="E-mail" name="email" type="email" autoComplete="username" required />
        <NewPassword />
      </BareForm>
      <p className="mt-6 text-sm text-muted">
        You have one?{' '}
        <a href="/sign-in" className="font-medium text-accent underline underline-offset-2">
          Sign in
        </a>
        .
      </p>
    </BarePage>
  )
}
