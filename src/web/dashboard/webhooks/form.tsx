import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { NewWebhook, Webhook } from '../../api/webhooks.ts'
import { Failure } from '../parts/failure.tsx'
import { Panel } from '../parts/panel.tsx'
import { queries, send } from '../shell/api.ts'

interface FormProps {
  readonly isAdmin: boolean
  readonly onMade: (webhook: NewWebhook) => void
}

/** Makes a webhook. */
export function WebhookForm({ isAdmin, onMade }: FormProps) {
  const [kind, setKind] = useState<Webhook['kind']>('tradingview')
  const make = useMutation({
    mutationFn: (body: unknown) => send<NewWebhook>('/webhooks', body),
    async onSuccess(made) {
      onMade(made)
      await queries.refetchQueries({ queryKey: ['webhooks'] })
    },
  })
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = event.currentTarget
    const fields = new FormData(form)
    make.mutate(
      {
        name: fields.get('name'),
        kind,
        isSigned: kind === 'generic' && fields.get('signed') === 'on',
        isForEveryone: fields.get('everyone') === 'on',
      },
      { onSuccess: () => form.reset() },
    )
  }
  return (
    <Panel title="Make a webhook">
      <form onSubmit={submit} className="space-y-3 border-t border-line px-4 py-3 text-sm">
        <label className="block">
          <span className="font-medium">Name</span>
          <input
            name="name"
            required
            maxLength={31}
            pattern="[a-z0-9][a-z0-9\-]*"
            title="small letters, digits and dashes"
            placeholder="my-chart"
            autoComplete="off"
            className="mt-1 h-10 w-full rounded-lg border border-line bg-page px-3"
          />
        </label>
        <fieldset className="space-y-1.5">
          <legend className="font-medium">Who sends</legend>
          <Choice
            name="kind"
            label="TradingView alerts"
            isChosen={kind === 'tradingview'}
            onChoose={() => setKind('tradingview')}
          />
          <Choice
            name="kind"
            label="A program"
            isChosen={kind === 'generic'}
            onChoose={() => setKind('generic')}
          />
        </fieldset>
        {kind === 'generic' && (
          <label className="flex items-center gap-2">
            <input type="checkbox" name="signed" defaultChecked className="size-4" />
            It signs what it sends
          </label>
        )}
        {isAdmin && (
          <label className="flex items-center gap-2">
            <input type="checkbox" name="everyone" className="size-4" />
            Its signals are for every user who trusts it by name
          </label>
        )}
        {make.error && <Failure error={make.error} />}
        <button
          type="submit"
          disabled={make.isPending}
          className="h-10 rounded-lg bg-accent-solid px-4 font-medium text-white hover:brightness-110"
        >
          Make it
        </button>
      </form>
    </Panel>
  )
}

interface ChoiceProps {
  readonly name: string
  readonly label: string
  readonly isChosen: boolean
  readonly onChoose: () => void
}

function Choice({ name, label, isChosen, onChoose }: ChoiceProps) {
  return (
    <label className="flex items-center gap-2">
      <input type="radio" name={name} checked={isChosen} onChange={onChoose} className="size-4" />
      {label}
    </label>
  )
}
