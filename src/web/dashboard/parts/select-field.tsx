import type { ReactNode, SelectHTMLAttributes } from 'react'
import { Field, inputLook } from './field.tsx'

interface SelectFieldProps extends Omit<SelectHTMLAttributes<HTMLSelectElement>, 'className'> {
  readonly label: ReactNode
  readonly hint?: ReactNode
  readonly error?: string | undefined
  readonly className?: string
  readonly options: readonly { readonly value: string; readonly name: string }[]
}

/** One of a few. */
export function SelectField({ label, hint, error, className, options, ...select }: SelectFieldProps) {
  return (
    <Field label={label} hint={hint} error={error} className={className}>
      {(ties) => (
        <select {...ties} {...select} className={inputLook}>
          {options.map(({ value, name }) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      )}
    </Field>
  )
}
