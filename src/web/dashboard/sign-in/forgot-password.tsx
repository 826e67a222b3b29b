import { useMutation } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { TextField } from '../parts/text-field.tsx'
import { sendAuth } from '../shell/api.ts'
import { BareForm, BarePage } from './bare.tsx'

/** Lets a link to choose a new password be mailed. */
export default function ForgotPasswordPage() {
  const ask = useMutation({ mutationFn: (body: object) => sendAuth('/forgot-password', body) })
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    ask.mutate(Object.fromEntries(new FormData(event.currentTarget)))
  }
  if (ask.data)
    return (
      <BarePage
        title="Look at your mail"
        lead="If somebody signs in with this address, a link is on its way. It works once, and for an hour."
      >
        <SignInLink />
      </BarePage>
    )
  return (
    <BarePage title="Password lost?" lead="We mail you a link to choose another.">
      <BareForm action="Send the link" isBusy={ask.isPending} error={ask.error} onSubmit={submit}>
        <TextField label="E-mail" name="email" type="email" autoComplete="username" required autoFocus />
      </BareForm>
      <p className="mt-6">
        <SignInLink />
      </p>
    </BarePage>
  )
}

function SignInLink() {
  return (
    <a href="/sign-in" className="text-sm font-medium text-accent underline underline-offset-2">
      To the sign-in
    </a>
  )
}
