import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { AdminHalts } from '../../api/admin-halts.ts'
import { Button } from '../parts/button.tsx'
import { CheckField } from '../parts/check-field.tsx'
import { Failure } from '../parts/failure.tsx'
import { Panel } from '../parts/panel.tsx'
import { SelectField } from '../parts/select-field.tsx'
import { TextField } from '../parts/text-field.tsx'
import { queries, send } from '../shell/api.ts'
import { type Scope, scopeNames } from './places.ts'

/** What one types so that everything is closed; the API asks for the same. */
const phrase = 'close everything'

interface HaltFormProps {
  readonly places: AdminHalts['places']
  readonly className?: string
}

/** Stops entries in a place, and on request closes what is open there. */
export function HaltForm({ places, className }: HaltFormProps) {
  const [scope, setScope] = useState<Scope>('global')
  const [isClosing, setClosing] = useState(false)
  const act = useMutation({
    mutationFn: ({ path, body }: { path: string; body: unknown }) => send(path, body),
    onSuccess: () => queries.refetchQueries({ queryKey: ['admin', 'halts'] }),
  })
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    const text = (name: string) => String(given.get(name) ?? '').trim()
    const place = { scope, key: scope === 'global' ? '*' : text('key'), reason: text('reason') }
    act.mutate(
      isClosing
        ? {
            path: '/admin/close-all',
            body: { ...place, confirm: text('confirm'), stopEntries: text('stopEntries') === 'on' },
          }
        : { path: '/admin/halts', body: { ...place, mode: 'no_entries' } },
    )
  }
  return (
    <Panel title="Stop entries" {...(className !== undefined && { className })}>
      <form onSubmit={submit} className="space-y-4 border-t border-line px-4 py-4">
        <SelectField
          label="For"
          value={scope}
          onChange={(event) => setScope(event.target.value as Scope)}
          options={Object.entries(scopeNames).map(([value, name]) => ({ value, name }))}
        />
        <Which scope={scope} places={places} />
        <TextField
          label="Why"
          name="reason"
          required
          maxLength={200}
          placeholder="for whoever finds it"
          autoComplete="off"
        />
        <CheckField
          label="Close what is open there, too"
          hint="At the market price, for every user concerned. This cannot be undone."
          checked={isClosing}
          onChange={(event) => setClosing(event.target.checked)}
        />
        {isClosing && (
          <>
            <CheckField label="Keep entries stopped afterwards" name="stopEntries" defaultChecked />
            <TextField
              label={`Type “${phrase}”`}
              name="confirm"
              required
              pattern={phrase}
              title={phrase}
              autoComplete="off"
            />
          </>
        )}
        {act.error && <Failure error={act.error} />}
        {act.isSuccess && (
          <p role="status" className="text-sm text-muted">
            It is in force.
          </p>
        )}
        <Button
          look={isClosing ? 'danger' : 'primary'}
          type="submit"
          disabled={act.isPending}
          className="w-full"
        >
          {act.isPending ? 'Working…' : isClosing ? 'Close everything there' : 'Stop entries'}
        </Button>
      </form>
    </Panel>
  )
}

/** Which one of the scope. */
function Which({ scope, places }: { scope: Scope; places: AdminHalts['places'] }) {
  if (scope === 'global') return null
  if (scope === 'symbol')
    return (
      <TextField
        label="Symbol"
        name="key"
        required
        placeholder="BTC/USDT"
        hint="The pair; it covers spot and futures."
        autoComplete="off"
      />
    )
  const choices = {
    exchange: places.exchanges.map((name) => ({ value: name, name })),
    user: places.users.map(({ id, name }) => ({ value: id, name })),
    account: places.accounts.map(({ id, name }) => ({ value: id, name })),
  }[scope]
  return <SelectField key={scope} label={scopeNames[scope]} name="key" required options={choices} />
}
