import { useMutation } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import type { NewToken, Token } from '../../api/tokens.ts'
import { Button } from '../parts/button.tsx'
import { CheckField } from '../parts/check-field.tsx'
import { Failure } from '../parts/failure.tsx'
import { SelectField } from '../parts/select-field.tsx'
import { TextField } from '../parts/text-field.tsx'
import { ApiProblem, queries, send } from '../shell/api.ts'
import { useMe } from '../shell/me.ts'

/** What each scope is good for, in words. */
const scopes: readonly { id: Token['scopes'][number]; name: string; hint: string }[] = [
  { id: 'read', name: 'Read', hint: 'Everything you see here.' },
  {
    id: 'trade',
    name: 'Trade',
    hint: 'Close positions, stop entries and allow them again, close everything.',
  },
  { id: 'manage', name: 'Manage', hint: 'Accounts and keys, settings, webhooks, backtests, alerts.' },
  { id: 'admin', name: 'Administer', hint: 'What administrators may do.' },
]

const lives = [
  { value: '7', name: 'a week' },
  { value: '30', name: '30 days' },
  { value: '90', name: '90 days' },
  { value: '365', name: 'a year' },
]

/** Makes a token. */
export function TokenForm({ onMade }: { onMade: (token: NewToken) => void }) {
  const isAdmin = useMe()?.role === 'admin'
  const make = useMutation({
    mutationFn: (body: object) => send<NewToken>('/tokens', body),
    async onSuccess(made) {
      onMade(made)
      await queries.refetchQueries({ queryKey: ['tokens'] })
    },
  })
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = event.currentTarget
    const fields = new FormData(form)
    make.mutate(
      { name: fields.get('name'), scopes: fields.getAll('scope'), days: Number(fields.get('days')) },
      { onSuccess: () => form.reset() },
    )
  }
  const errors = make.error instanceof ApiProblem ? make.error.errors : {}
  return (
    <form onSubmit={submit} className="space-y-3 border-t border-line px-4 py-3">
      <h3 className="text-sm font-semibold">Make a token</h3>
      <div className="grid gap-3 sm:grid-cols-2">
        <TextField
          label="Name"
          name="name"
          placeholder="report script"
          maxLength={60}
          autoComplete="off"
          required
          error={errors.name}
        />
        <SelectField label="Good for" name="days" options={lives} defaultValue="90" error={errors.days} />
      </div>
      <fieldset className="space-y-1.5">
        <legend className="mb-1 text-sm font-medium">It may</legend>
        {scopes
          .filter(({ id }) => id !== 'admin' || isAdmin)
          .map(({ id, name, hint }) => (
            <CheckField
              key={id}
              name="scope"
              value={id}
              label={name}
              hint={hint}
              defaultChecked={id === 'read'}
            />
          ))}
        {errors.scopes && <p className="text-xs font-medium text-down">Choose at least one.</p>}
      </fieldset>
      {make.error && Object.keys(errors).length === 0 && <Failure error={make.error} />}
      <Button type="submit" disabled={make.isPending}>
        {make.isPending ? 'Making it…' : 'Make it'}
      </Button>
    </form>
  )
}
