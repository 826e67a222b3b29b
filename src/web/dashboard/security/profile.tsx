import { useMutation } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import type { Security } from '../../api/security.ts'
import { Button } from '../parts/button.tsx'
import { Failure } from '../parts/failure.tsx'
import { TextField } from '../parts/text-field.tsx'
import { ApiProblem, queries, send } from '../shell/api.ts'
import { toast } from '../shell/toasts.tsx'

/** What the user is called, and the address to sign in with. */
export function ProfileForm({ security }: { security: Security }) {
  const change = useMutation({
    mutationFn: (body: object) => send('/me', body, 'PATCH'),
    async onSuccess() {
      toast('Saved.')
      await queries.refetchQueries({ queryKey: ['me'] })
      await queries.refetchQueries({ queryKey: ['security'] })
    },
  })
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    const name = String(fields.get('name')).trim()
    const email = String(fields.get('email')).trim().toLowerCase()
    const changes = {
      ...(name !== security.name && { name }),
      ...(email !== security.email && { email }),
    }
    if (Object.keys(changes).length > 0) change.mutate(changes)
    else toast('Nothing was changed.')
  }
  const errors = change.error instanceof ApiProblem ? change.error.errors : {}
  return (
    <form onSubmit={submit} className="space-y-3 border-t border-line px-4 py-3">
      <TextField
        label="Name"
        name="name"
        defaultValue={security.name}
        autoComplete="name"
        maxLength={80}
        required
        error={errors.name}
      />
      <TextField
        label="E-mail"
        name="email"
        type="email"
        defaultValue={security.email}
        autoComplete="username"
        required
        hint="You sign in with it."
        error={errors.email}
      />
      {change.error && Object.keys(errors).length === 0 && <Failure error={change.error} />}
      <Button type="submit" disabled={change.isPending}>
        {change.isPending ? 'Saving…' : 'Save'}
      </Button>
    </form>
  )
}
