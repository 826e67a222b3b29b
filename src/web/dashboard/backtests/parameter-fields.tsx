import type { BacktestOptions } from '../../api/backtest-create.ts'
import { CheckField } from '../parts/check-field.tsx'
import { SelectField } from '../parts/select-field.tsx'
import { TextField } from '../parts/text-field.tsx'
import { sentence } from '../parts/words.ts'
import { Fold } from './fold.tsx'

type Fields = BacktestOptions['strategies'][number]['parameters']

/** The parameters of a strategy, closed until somebody wants to turn them. */
export function ParameterFields({ fields, error }: { fields: Fields; error: string | undefined }) {
  if (fields.length === 0) return null
  return (
    <Fold title="Parameters of the strategy" hasError={error !== undefined}>
      {error && <p className="mt-2 text-xs font-medium text-down">{error}</p>}
      <div className="mt-3 grid gap-3 sm:grid-cols-2">
        {fields.map((field) => (
          <Parameter key={field.name} field={field} />
        ))}
      </div>
    </Fold>
  )
}

function Parameter({ field }: { field: Fields[number] }) {
  const { name, type, description, minimum, maximum, choices } = field
  const label = sentence(name)
  const input = `parameter-${name}`
  if (type === 'boolean')
    return (
      <CheckField label={label} name={input} defaultChecked={field.default === true} hint={description} />
    )
  if (choices)
    return (
      <SelectField
        label={label}
        name={input}
        defaultValue={String(field.default)}
        hint={description}
        options={choices.map((value) => ({ value, name: value }))}
      />
    )
  return (
    <TextField
      label={label}
      name={input}
      type={type === 'string' ? 'text' : 'number'}
      step={type === 'integer' ? 1 : 'any'}
      min={minimum}
      max={maximum}
      defaultValue={String(field.default)}
      hint={description}
    />
  )
}

/** The parameters that differ from the strategy's own. */
export function parametersIn(given: FormData, fields: Fields): Record<string, unknown> {
  const values = fields.map(({ name, type, default: usual }) => {
    const text = given.get(`parameter-${name}`)
    if (type === 'boolean') return [name, text === 'on', usual] as const
    if (text === null || text === '') return [name, usual, usual] as const
    return [name, type === 'string' ? String(text) : Number(text), usual] as const
  })
  return Object.fromEntries(
    values.filter(([, value, usual]) => value !== usual).map(([name, value]) => [name, value]),
  )
}
