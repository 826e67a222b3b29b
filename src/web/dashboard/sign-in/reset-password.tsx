import { useMutation } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { NewPassword } from '../parts/new-password.tsx'
import { ApiProblem, sendAuth } from '../shell/api.ts'
import { BareForm, BarePage } from './bare.tsx'
import { DeadLink } from './dead-link.tsx'
import { linkToken } from './destination.ts'

/** Where a link to choose a new password leads. */
export default function ResetPasswordPage() {
  const token = linkToken()
  const reset = useMutation({
    mutationFn: (password: string) => sendAuth<{ email: string }>('/reset-password', { token, password }),
  })
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    reset.mutate(String(new FormData(event.currentTarget).get('password')))
  }
  const isDead = reset.error instanceof ApiProblem && reset.error.code === 'dead-link'
  if (isDead || token === '')
    return (
      <DeadLink
        title="New password"
        error={reset.error ?? new Error('This link is not whole. Copy it again.')}
      />
    )
  if (reset.data)
    return (
      <BarePage
        title="Your password is changed"
        lead={`Every device was signed out. Sign in as ${reset.data.email}.`}
      >
        <a
          href="/sign-in"
          className="grid h-11 place-items-center rounded-lg bg-accent-solid px-4 font-medium text-white hover:brightness-110"
        >
          Sign in
        </a>
      </BarePage>
    )
  return (
    <BarePage title="Choose a new password" lead="Every device is signed out when it is changed.">
      <BareForm action="Change it" isBusy={reset.isPending} error={reset.error} onSubmit={submit}>
        <NewPassword label="New password" />
      </BareForm>
    </BarePage>
  )
}
