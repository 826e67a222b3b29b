import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { BacktestOptions } from '../../api/backtest-create.ts'
import { Button } from '../parts/button.tsx'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { Panel } from '../parts/panel.tsx'
import { SelectField } from '../parts/select-field.tsx'
import { TextField } from '../parts/text-field.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { ApiProblem, ask, queries, send } from '../shell/api.ts'
import { Link } from '../shell/link.tsx'
import { CostFields } from './cost-fields.tsx'
import { ParameterFields, parametersIn } from './parameter-fields.tsx'
import { wishIn } from './wish.ts'
import { strategyName } from './words.ts'

const dayMs = 86_400_000
const spans = [7, 30, 90, 365]

/** Asks for a run. What is usual is filled in, so that pressing Run is enough. */
export function BacktestForm({ className }: { className?: string }) {
  const options = useQuery({
    queryKey: ['backtest-options'],
    queryFn: () => ask<BacktestOptions>('/backtest-options'),
    staleTime: 60_000,
  })
  return (
    <Panel title="New backtest" {...(className !== undefined && { className })}>
      {options.error ? (
        <Failure error={options.error} />
      ) : options.data === undefined ? (
        <Waiting rows={5} />
      ) : options.data.accounts.length === 0 ? (
        <Empty
          title="No account whose market could be tested"
          action={
            <Link to="/accounts" className="font-medium text-accent underline-offset-4 hover:underline">
              Connect an account
            </Link>
          }
        >
          A paper account is enough: it decides on which exchange’s candles the run walks.
        </Empty>
      ) : (
        <Fields options={options.data} />
      )}
    </Panel>
  )
}

function Fields({ options }: { options: BacktestOptions }) {
  const [account, setAccount] = useState(options.accounts[0]?.id ?? '')
  const [strategy, setStrategy] = useState(options.usual.strategy)
  const [days, setDays] = useState(String(options.usual.days))
  const chosen = options.accounts.find(({ id }) => id === account) ?? options.accounts[0]
  const fields = options.strategies.find(({ name }) => name === strategy)?.parameters ?? []
  const run = useMutation({
    mutationFn: (body: unknown) => send<{ id: string }>('/backtests', body),
    onSuccess: () => queries.refetchQueries({ queryKey: ['backtests'] }),
  })
  const errors = run.error instanceof ApiProblem ? run.error.errors : {}
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const given = new FormData(event.currentTarget)
    run.mutate({ ...wishIn(given, { now: options.now }), parameters: parametersIn(given, fields) })
  }
  const now = Date.parse(options.now ?? new Date().toISOString())
  return (
    <form onSubmit={submit} className="space-y-4 border-t border-line px-4 py-4">
      <SelectField
        label="Account"
        name="account"
        hint="Whose settings and exchange: its candles are walked, and nothing is traded."
        value={account}
        onChange={(event) => setAccount(event.target.value)}
        options={options.accounts.map(({ id, name, exchange, market, mode }) => ({
          value: id,
          name: `${name} · ${exchange} ${market}, ${mode}`,
        }))}
      />
      <SelectField
        label="Strategy"
        name="strategy"
        value={strategy}
        onChange={(event) => setStrategy(event.target.value)}
        options={options.strategies.map(({ name }) => ({ value: name, name: strategyName(name) }))}
      />
      <TextField
        label="Symbols"
        name="symbols"
        placeholder="the ten most traded"
        list="backtest-symbols"
        autoComplete="off"
        hint={`Up to 20 pairs such as BTC/${chosen?.quote ?? 'USDT'}, with commas between; empty means the ten most traded.`}
        error={errorAt(errors, 'symbols')}
      />
      <datalist id="backtest-symbols">
        {options.symbols.map((symbol) => (
          <option key={symbol} value={symbol} />
        ))}
      </datalist>
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField
          label="Time"
          name="days"
          value={days}
          onChange={(event) => setDays(event.target.value)}
          options={[
            ...spans.map((span) => ({ value: String(span), name: `the last ${span} days` })),
            { value: 'own', name: 'from … to …' },
          ]}
        />
        <SelectField
          label="Candles"
          name="timeframe"
          defaultValue={options.usual.timeframe}
          options={options.timeframes.map((value) => ({ value, name: value }))}
        />
        {days === 'own' && (
          <>
            <TextField
              label="From"
              name="from"
              type="date"
              required
              defaultValue={new Date(now - 30 * dayMs).toISOString().slice(0, 10)}
              hint="UTC, from the beginning of the day"
              error={errors.from}
            />
            <TextField
              label="To"
              name="to"
              type="date"
              required
              defaultValue={new Date(now).toISOString().slice(0, 10)}
              hint="UTC, until the day begins"
              error={errors.to}
            />
          </>
        )}
      </div>
      <ParameterFields key={strategy} fields={fields} error={errors.parameters} />
      <CostFields options={options} account={chosen} errors={errors} />
      {run.error && <Failure error={run.error} />}
      <Button look="primary" type="submit" disabled={run.isPending} className="w-full">
        {run.isPending ? 'Asking…' : 'Run'}
      </Button>
      {run.isSuccess && (
        <p role="status" className="text-sm text-muted">
          It is on the list; it begins within seconds, and this page may be left.
        </p>
      )}
    </form>
  )
}

/** What is wrong with a field or with one of its parts. */
function errorAt(errors: Readonly<Record<string, string>>, field: string): string | undefined {
  return Object.entries(errors).find(([name]) => name === field || name.startsWith(`${field}.`))?.[1]
}
