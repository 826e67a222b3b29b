import { type ReactNode, useId } from 'react'

/** What ties an input to its label, hint and error; spread it into the input. */
export interface FieldTies {
  readonly id: string
  readonly 'aria-describedby': string | undefined
  readonly 'aria-invalid': boolean
}

interface FieldProps {
  readonly label: ReactNode
  /** What it means and which bounds it has. */
  readonly hint?: ReactNode
  /** What is wrong with what stands there, and how to mend it. */
  readonly error?: string | undefined
  readonly className?: string
  children(ties: FieldTies): ReactNode
}

/** The look of every text input and select. */
export const inputLook =
  'min-h-10 w-full rounded-lg border border-muted/60 bg-surface px-3 text-base sm:text-sm placeholder:text-muted aria-invalid:border-down disabled:opacity-55'

/** A labelled input with what it means below it, and what is wrong with it. */
export function Field({ label, hint, error, className = '', children }: FieldProps) {
  const id = useId()
  const described = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ')
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        {label}
      </label>
      {children({ id, 'aria-describedby': described || undefined, 'aria-invalid': Boolean(error) })}
      {hint && (
        <p id={`${id}-hint`} className="mt-1 text-xs text-muted">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="mt-1 text-xs font-medium text-down">
          {error}
        </p>
      )}
    </div>
  )
}
