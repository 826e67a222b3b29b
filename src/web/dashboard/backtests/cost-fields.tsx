import type { BacktestOptions } from '../../api/backtest-create.ts'
import { Field, inputLook } from '../parts/field.tsx'
import { TextField } from '../parts/text-field.tsx'
import { Fold } from './fold.tsx'

interface CostFieldsProps {
  readonly options: BacktestOptions
  readonly account: BacktestOptions['accounts'][number] | undefined
  readonly errors: Readonly<Record<string, string>>
}

const names = ['name', 'capital', 'fee', 'slippage', 'fundingRate', 'settings']

/** What it begins with, what fills cost, and settings to try; closed until somebody wants to turn them. */
export function CostFields({ options, account, errors }: CostFieldsProps) {
  const { usual } = options
  const settingsError = Object.entries(errors).find(([field]) => field.startsWith('settings'))
  const hasError = settingsError !== undefined || names.some((name) => errors[name] !== undefined)
  return (
    <Fold title="Capital, costs, settings to try" hasError={hasError}>
      <div className="mt-3 grid gap-3 sm:grid-cols-2">
        <TextField
          label="Name"
          name="name"
          maxLength={100}
          placeholder="says what it is"
          className="sm:col-span-2"
        />
        <TextField
          label="Capital"
          name="capital"
          type="number"
          min={1}
          step="any"
          unit={account?.quote ?? ''}
          defaultValue={usual.capital}
          error={errors.capital}
        />
        <TextField
          label="Fee"
          name="fee"
          type="number"
          min={0}
          max={10}
          step="any"
          unit="%"
          placeholder="the exchange’s"
          hint="of each fill; empty means the taker fee"
          error={errors.fee}
        />
        <TextField
          label="Slippage"
          name="slippage"
          type="number"
          min={0}
          max={10}
          step="any"
          unit="%"
          defaultValue={usual.slippage * 100}
          hint="how far each fill is beyond its price"
          error={errors.slippage}
        />
        {account?.market === 'futures' && (
          <TextField
            label="Funding"
            name="fundingRate"
            type="number"
            min={-1}
            max={1}
            step="any"
            unit="%"
            defaultValue={account.fundingRate * 100}
            hint="paid by longs every eight hours"
            error={errors.fundingRate}
          />
        )}
        <Field
          className="sm:col-span-2"
          label="Settings to try"
          hint='As JSON, over your own: {"trailing_distance_pct": 0.8, "time_exit_hours": null}'
          error={
            settingsError
              ? `${settingsError[0].replace(/^settings\.?/, '')} ${settingsError[1]}`.trim()
              : undefined
          }
        >
          {(ties) => (
            <textarea
              {...ties}
              name="settings"
              rows={3}
              spellCheck={false}
              className={`${inputLook} py-2 font-mono`}
            />
          )}
        </Field>
      </div>
    </Fold>
  )
}
