import type { InputHTMLAttributes, ReactNode } from 'react'
import { Field, inputLook } from './field.tsx'

interface TextFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'className'> {
  readonly label: ReactNode
  readonly hint?: ReactNode
  readonly error?: string | undefined
  readonly className?: string
  /** Stands behind the number: '%', 'USDT'. */
  readonly unit?: string
}

/** A line of text, a number, a date. */
export function TextField({ label, hint, error, className, unit, ...input }: TextFieldProps) {
  return (
    <Field label={label} hint={hint} error={error} className={className}>
      {(ties) =>
        unit === undefined ? (
          <input {...ties} {...input} className={inputLook} />
        ) : (
          <span className="relative block">
            <input {...ties} {...input} className={`${inputLook} pr-14`} />
            <span
              aria-hidden="true"
              className="pointer-events-none absolute inset-y-0 right-3 grid place-items-center text-sm text-muted"
            >
              {unit}
            </span>
          </span>
        )
      }
    </Field>
  )
}
