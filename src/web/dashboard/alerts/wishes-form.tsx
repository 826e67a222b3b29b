import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { AlertChannelsAnswer } from '../../api/alert-channels.ts'
import { Button } from '../parts/button.tsx'
import { CheckField } from '../parts/check-field.tsx'
import { Failure } from '../parts/failure.tsx'
import { SelectField } from '../parts/select-field.tsx'
import { TextField } from '../parts/text-field.tsx'
import { ApiProblem, queries, send } from '../shell/api.ts'

type Wishes = AlertChannelsAnswer['wishes']
type Severity = Wishes['email'][number]

const severities: readonly { readonly id: Severity; readonly name: string }[] = [
  { id: 'critical', name: 'Critical: money is at risk' },
  { id: 'warning', name: 'Warnings' },
  { id: 'trade', name: 'Every trade' },
  { id: 'info', name: 'Notes' },
]
const zones = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')]
const hours = Array.from({ length: 24 }, (_, hour) => ({
  value: String(hour),
  name: `${String(hour).padStart(2, '0')}:00`,
}))

/** Which alerts go to which channel, when it is quiet, and which reports are wished for. */
export function WishesForm({ stored }: { stored: Wishes }) {
  const [wishes, setWishes] = useState(stored)
  const set = (change: Partial<Wishes>) => setWishes((before) => ({ ...before, ...change }))
  const save = useMutation({
    mutationFn: () => send<AlertChannelsAnswer>('/alert-channels', wishes, 'PUT'),
    onSuccess: (answer) => queries.setQueryData(['alert-channels'], answer),
  })
  const errors = save.error instanceof ApiProblem ? save.error.errors : {}
  const submit = (event: FormEvent) => {
    event.preventDefault()
    save.mutate()
  }
  const quiet = wishes.quietHours
  return (
    <form onSubmit={submit} className="space-y-4 px-4 pb-4">
      {(['email', 'telegram'] as const).map((channel) => (
        <fieldset key={channel} className="space-y-1.5">
          <legend className="mb-1 text-sm font-medium">
            {channel === 'email' ? 'By mail' : 'By Telegram'}
          </legend>
          {severities.map(({ id, name }) => (
            <CheckField
              key={id}
              label={name}
              checked={wishes[channel].includes(id)}
              onChange={() => set({ [channel]: toggled(wishes[channel], id) })}
            />
          ))}
        </fieldset>
      ))}
      <fieldset className="space-y-2">
        <legend className="mb-1 text-sm font-medium">Quiet hours</legend>
        <CheckField
          label="Let what is not critical wait at night"
          checked={quiet !== null}
          onChange={() => set({ quietHours: quiet === null ? { from: '22:00', until: '07:00' } : null })}
        />
        {quiet && (
          <div className="grid grid-cols-2 gap-3">
            <TextField
              label="From"
              type="time"
              value={quiet.from}
              error={errors['quietHours.from'] ?? errors.quietHours}
              onChange={(event) => set({ quietHours: { ...quiet, from: event.target.value } })}
            />
            <TextField
              label="Until"
              type="time"
              value={quiet.until}
              error={errors['quietHours.until']}
              onChange={(event) => set({ quietHours: { ...quiet, until: event.target.value } })}
            />
          </div>
        )}
      </fieldset>
      <fieldset className="space-y-2">
        <legend className="mb-1 text-sm font-medium">Reports by mail</legend>
        <CheckField
          label="Every day"
          checked={wishes.dailyReport}
          onChange={() => set({ dailyReport: !wishes.dailyReport })}
        />
        <CheckField
          label="Every month"
          checked={wishes.monthlySummary}
          onChange={() => set({ monthlySummary: !wishes.monthlySummary })}
        />
        <div className="grid grid-cols-2 gap-3">
          <SelectField
            label="At"
            options={hours}
            value={String(wishes.reportHour)}
            onChange={(event) => set({ reportHour: Number(event.target.value) })}
          />
          <SelectField
            label="Your clock"
            options={zones.map((zone) => ({ value: zone, name: zone.replaceAll('_', ' ') }))}
            value={wishes.timeZone}
            error={errors.timeZone}
            onChange={(event) => set({ timeZone: event.target.value })}
          />
        </div>
      </fieldset>
      {save.error && <Failure error={save.error} />}
      <div className="flex items-center gap-3">
        <Button type="submit" look="primary" disabled={save.isPending}>
          {save.isPending ? 'Saving…' : 'Save'}
        </Button>
        {save.isSuccess && (
          <span role="status" className="text-sm text-muted">
            Saved.
          </span>
        )}
      </div>
    </form>
  )
}

function toggled(chosen: readonly Severity[], severity: Severity): Severity[] {
  return chosen.includes(severity) ? chosen.filter((one) => one !== severity) : [...chosen, severity]
}
