import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { AccountRequestAnswer } from '../../api/account-requests.ts'
import type { AccountPlace } from '../../api/accounts.ts'
import type { Settings } from '../../api/settings.ts'
import { RequestProgress } from '../accounts/request-progress.tsx'
import { Button } from '../parts/button.tsx'
import { CheckField } from '../parts/check-field.tsx'
import { Failure } from '../parts/failure.tsx'
import { Panel } from '../parts/panel.tsx'
import { SelectField } from '../parts/select-field.tsx'
import { TextField } from '../parts/text-field.tsx'
import { venueName } from '../parts/words.ts'
import { ApiProblem, ask, send } from '../shell/api.ts'

const profiles = [
  {
    id: 'pro',
    title: 'Quick: a decision every 15 seconds',
    text: 'Smart entry on the ten most traded coins, bounded by risk tiers, market safety and pauses after losses.',
  },
  {
    id: 'ase',
    title: 'Calm: a decision every 5 minutes',
    text: 'Every source on every coin, 2 % of the account at risk a trade.',
  },
] as const

/** One form with everything filled in: a place, a balance, a way of trading. */
export function FirstAccount() {
  const places = useQuery({
    queryKey: ['account-places'],
    queryFn: () => ask<{ items: AccountPlace[] }>('/accounts/places'),
  })
  const [place, setPlace] = useState('binance spot')
  const [balance, setBalance] = useState('10000')
  const [profile, setProfile] = useState<'ase' | 'pro'>('pro')
  const begin = useMutation({
    async mutationFn() {
      const { version, own } = await ask<Settings>('/settings')
      if (own.profile !== profile) await send('/settings', { version, set: { profile } }, 'PATCH')
      const [exchange, market] = place.split(' ')
      const name = `Paper ${market}`
      return send<AccountRequestAnswer>('/accounts', { name, exchange, market, mode: 'paper', balance })
    },
  })
  const errors = begin.error instanceof ApiProblem ? begin.error.errors : {}
  if (begin.data)
    return (
      <Panel title="Your account">
        <div className="px-4 pb-4">
          <RequestProgress id={begin.data.id} done="It is there. Trading is on.">
            <Button onClick={() => begin.reset()}>Try again</Button>
          </RequestProgress>
        </div>
      </Panel>
    )
  return (
    <Panel title="Your account">
      <form
        className="space-y-4 px-4 pb-4"
        onSubmit={(event) => {
          event.preventDefault()
          begin.mutate()
        }}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          <SelectField
            label="Exchange and market"
            value={place}
            onChange={(event) => setPlace(event.target.value)}
            options={(places.data?.items ?? [{ exchange: 'binance', market: 'spot' } as const]).map(
              (one) => ({
                value: `${one.exchange} ${one.market}`,
                name: venueName(one),
              }),
            )}
            hint="Whose prices, fees and rules it trades by."
          />
          <TextField
            label="Begins with"
            unit="USDT"
            inputMode="decimal"
            required
            value={balance}
            onChange={(event) => setBalance(event.target.value.trim())}
            error={errors.balance}
            hint="As much as you would really put in."
          />
        </div>
        <fieldset className="space-y-2">
          <legend className="mb-1 text-sm font-medium">How it trades</legend>
          {profiles.map(({ id, title, text }) => (
            <CheckField
              key={id}
              type="radio"
              name="profile"
              label={title}
              hint={text}
              checked={profile === id}
              onChange={() => setProfile(id)}
            />
          ))}
          <p className="text-xs text-muted">Everything can be changed later, under Settings.</p>
        </fieldset>
        {begin.error && <Failure error={begin.error} />}
        <Button type="submit" look="primary" disabled={begin.isPending} className="w-full sm:w-auto">
          {begin.isPending ? 'Working…' : 'Start trading'}
        </Button>
      </form>
    </Panel>
  )
}
