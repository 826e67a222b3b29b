import { useMutation } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { Button } from '../parts/button.tsx'
import { Failure } from '../parts/failure.tsx'
import { NewPassword } from '../parts/new-password.tsx'
import { TextField } from '../parts/text-field.tsx'
import { queries, sendAuth } from '../shell/api.ts'
import { toast } from '../shell/toasts.tsx'

/** Changes the password, and signs every other device out. */
export function PasswordForm() {
  const change = useMutation({
    mutationFn: (body: object) => sendAuth('/change-password', { ...body, revokeOtherSessions: true }),
    async onSuccess() {
      toast('Your password is changed. Every other device was signed out.')
      await queries.refetchQueries({ queryKey: ['sessions'] })
    },
  })
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = event.currentTarget
    change.mutate(Object.fromEntries(new FormData(form)), { onSuccess: () => form.reset() })
  }
  return (
    <form onSubmit={submit} className="space-y-3 border-t border-line px-4 py-3">
      <TextField
        label="Your password now"
        name="currentPassword"
        type="password"
        autoComplete="current-password"
        required
      />
      <NewPassword label="New password" name="newPassword" />
      {change.error && <Failure error={change.error} />}
      <div className="flex flex-wrap items-center gap-3">
        <Button type="submit" disabled={change.isPending}>
          {change.isPending ? 'Changing…' : 'Change it'}
        </Button>
        <span className="text-xs text-muted">Signs every other device out. Tokens stay.</span>
      </div>
    </form>
  )
}
