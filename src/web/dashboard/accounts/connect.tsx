import { useMutation, useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import type { AccountRequestAnswer } from '../../api/account-requests.ts'
import type { AccountPlace } from '../../api/accounts.ts'
import { Button, buttonLook } from '../parts/button.tsx'
import { CheckField } from '../parts/check-field.tsx'
import { Failure } from '../parts/failure.tsx'
import { Heading } from '../parts/heading.tsx'
import { ModeChip, modeMeaning } from '../parts/mode-chip.tsx'
import { Panel } from '../parts/panel.tsx'
import { SelectField } from '../parts/select-field.tsx'
import { TextField } from '../parts/text-field.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { venueName } from '../parts/words.ts'
import { ApiProblem, ask, send } from '../shell/api.ts'
import { Link } from '../shell/link.tsx'
import { Guide } from './guide.tsx'
import { guideOf } from './guides.ts'
import { keyBody, noKey } from './key-draft.ts'
import { KeyFields } from './key-fields.tsx'
import { RequestProgress } from './request-progress.tsx'

type Mode = AccountPlace['modes'][number]['mode']

/** Connects an account: whose money, where, with which key; then the exchange is asked, and says yes or why not. */
export default function Connect() {
  const places = useQuery({
    queryKey: ['account-places'],
    queryFn: () => ask<{ items: AccountPlace[] }>('/accounts/places'),
  })
  return (
    <>
      <Heading title="Connect an account" within={{ path: '/accounts', title: 'Accounts' }}>
        A key may read and trade, and never withdraw. It is sealed here at once and tried at the exchange
        before anything trades.
      </Heading>
      {places.error && <Failure error={places.error} />}
      {places.data ? (
        <ConnectForm places={places.data.items} />
      ) : (
        <Panel title="Where">
          <Waiting rows={4} />
        </Panel>
      )}
    </>
  )
}

const currencies = ['USDT', 'USDC', 'USD', 'EUR'].map((name) => ({ value: name, name }))

function ConnectForm({ places }: { places: readonly AccountPlace[] }) {
  const [mode, setMode] = useState<Mode>('paper')
  const [chosen, setChosen] = useState(() => keyOf(places[0]))
  const [name, setName] = useState<string>()
  const [quote, setQuote] = useState('USDT')
  const [balance, setBalance] = useState('10000')
  const [key, setKey] = useState(noKey)
  const [isRealMoneyMeant, setRealMoneyMeant] = useState(false)
  const place = places.find((one) => keyOf(one) === chosen) ?? places[0]
  const connect = useMutation({
    mutationFn: (body: object) => send<AccountRequestAnswer>('/accounts', body),
    onSettled: () => setKey(noKey),
  })
  if (!place) return null
  const { exchange, market } = place
  const obstacle = place.modes.find((one) => one.mode === mode)?.obstacle ?? null
  const shownName = name ?? `${venueName(place)}${mode === 'live' ? '' : `, ${mode}`}`
  const errors = connect.error instanceof ApiProblem ? connect.error.errors : {}
  const body = {
    name: shownName,
    exchange,
    market,
    mode,
    quote: mode === 'paper' ? 'USDT' : quote,
    ...(mode === 'paper' ? { balance } : { key: keyBody(key) }),
  }
  if (connect.data)
    return (
      <Panel title={connect.data.name ?? 'The account'}>
        <div className="px-4 pb-4">
          <RequestProgress
            id={connect.data.id}
            done="It is connected, and trades from its next decision on, within seconds."
          >
            <Button onClick={() => connect.reset()}>Try again</Button>
            <Link to={mode === 'paper' ? '/start' : '/accounts'} className={buttonLook('primary')}>
              Go on
            </Link>
          </RequestProgress>
        </div>
      </Panel>
    )
  return (
    <form
      className="grid items-start gap-3 sm:gap-4 xl:grid-cols-2"
      onSubmit={(event) => {
        event.preventDefault()
        connect.mutate(body)
      }}
    >
      <Panel title="1. Whose money, and where">
        <div className="space-y-4 px-4 pb-4">
          <fieldset>
            <legend className="sr-only">Whose money</legend>
            <div className="space-y-2">
              {(['paper', 'testnet', 'live'] as const).map((one) => (
                <Choice key={one} isChosen={mode === one} onChoose={() => setMode(one)} name={one}>
                  <ModeChip mode={one} />
                  <span className="mt-1 block text-xs text-muted">{modeMeaning[one]}</span>
                </Choice>
              ))}
            </div>
          </fieldset>
          <SelectField
            label="Exchange and market"
            value={chosen}
            onChange={(event) => setChosen(event.target.value)}
            options={places.map((one) => ({ value: keyOf(one), name: venueName(one) }))}
            error={obstacle === null ? undefined : `Not offered: ${obstacle}.`}
          />
          <TextField
            label="Name"
            value={shownName}
            maxLength={60}
            required
            onChange={(event) => setName(event.target.value)}
            error={errors.name}
          />
        </div>
      </Panel>
      {mode === 'paper' ? (
        <Panel title="2. Balance">
          <div className="space-y-4 px-4 pb-4">
            <TextField
              label="Begins with"
              unit="USDT"
              inputMode="decimal"
              value={balance}
              required
              onChange={(event) => setBalance(event.target.value.trim())}
              error={errors.balance}
              hint="As much as you would really put in: sizes are a share of it."
            />
          </div>
        </Panel>
      ) : (
        <Panel title={`2. The key, at ${venueName(place)}`}>
          <div className="space-y-4 px-4 pb-4">
            <Guide exchange={exchange} market={market} mode={mode} />
            <SelectField
              label="Trades against"
              value={quote}
              onChange={(event) => setQuote(event.target.value)}
              options={currencies}
              hint="The currency that entries are paid with."
            />
            <KeyFields
              draft={key}
              onChange={setKey}
              wantsPassphrase={guideOf(exchange).wantsPassphrase}
              errors={{
                apiKey: errors['key.apiKey'] ?? '',
                secret: errors['key.secret'] ?? '',
                password: errors['key.password'] ?? '',
              }}
            />
          </div>
        </Panel>
      )}
      <div className="xl:col-span-2">
        {mode === 'live' && (
          <div className="mb-3 rounded-xl border-2 border-warn bg-warn-soft p-4">
            <p className="mb-2 text-sm font-semibold text-warn">This account trades with real money.</p>
            <CheckField
              label="I mean real money, and have looked at the settings it will trade by"
              checked={isRealMoneyMeant}
              onChange={(event) => setRealMoneyMeant(event.target.checked)}
              hint={
                <>
                  What its orders will look like stands under{' '}
                  <Link to="/settings" className="underline underline-offset-2">
                    Settings
                  </Link>
                  .
                </>
              }
            />
          </div>
        )}
        {connect.error && <Failure error={connect.error} />}
        <div className="flex justify-end gap-2">
          <Link to="/accounts" className={buttonLook('quiet')}>
            Cancel
          </Link>
          <Button
            type="submit"
            look="primary"
            disabled={connect.isPending || obstacle !== null || (mode === 'live' && !isRealMoneyMeant)}
          >
            {mode === 'paper' ? 'Make the account' : 'Try this key and connect'}
          </Button>
        </div>
      </div>
    </form>
  )
}

interface ChoiceProps {
  readonly name: string
  readonly isChosen: boolean
  readonly onChoose: () => void
  readonly children: ReactNode
}

function Choice({ name, isChosen, onChoose, children }: ChoiceProps) {
  return (
    <label
      className={`flex cursor-pointer items-start gap-3 rounded-lg border p-3 ${isChosen ? 'border-accent bg-accent-soft' : 'border-line hover:bg-raised'}`}
    >
      <input
        type="radio"
        name="mode"
        value={name}
        checked={isChosen}
        onChange={onChoose}
        className="mt-1 size-4 shrink-0"
      />
      <span>{children}</span>
    </label>
  )
}

function keyOf(place: AccountPlace | undefined): string {
  return place ? `${place.exchange} ${place.market}` : ''
}
