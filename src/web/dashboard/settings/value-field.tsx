import { useState } from 'react'
import { inputLook } from '../parts/field.tsx'
import { sentence } from '../parts/words.ts'
import type { Field } from './draft.ts'

interface ValueFieldProps {
  readonly field: Field
  readonly value: unknown
  readonly onChange: (value: unknown) => void
  readonly error: string | undefined
}

/** A number, a switch or a choice; what can be off has a switch of its own. */
export function ValueField(props: ValueFieldProps) {
  const { field, error } = props
  return (
    <div>
      {field.type === 'boolean' ? (
        <Switch {...props} />
      ) : field.type === 'choice' ? (
        <Choice {...props} />
      ) : (
        <NumberInput {...props} />
      )}
      {error && (
        <p id={`${field.name}-error`} role="alert" className="mt-1 text-xs font-medium text-down">
          {error}
        </p>
      )}
    </div>
  )
}

function ties({ name }: Field, error: string | undefined) {
  return {
    'aria-labelledby': `${name}-title`,
    'aria-describedby': error ? `${name}-text ${name}-error` : `${name}-text`,
    'aria-invalid': error !== undefined,
  }
}

function Switch({ field, value, onChange, error }: ValueFieldProps) {
  return (
    <label className="inline-flex min-h-10 items-center gap-2 text-sm">
      <input
        type="checkbox"
        checked={value === true}
        onChange={(event) => onChange(event.target.checked)}
        className="size-5"
        {...ties(field, error)}
      />
      <span aria-hidden="true">{value === true ? 'On' : 'Off'}</span>
    </label>
  )
}

function Choice({ field, value, onChange, error }: ValueFieldProps) {
  return (
    <select
      value={value === null ? '' : String(value)}
      onChange={(event) => onChange(event.target.value === '' ? null : event.target.value)}
      className={inputLook}
      {...ties(field, error)}
    >
      {field.canBeOff && <option value="">None</option>}
      {field.choices?.map((choice) => (
        <option key={choice} value={choice}>
          {choice}
        </option>
      ))}
    </select>
  )
}

function NumberInput({ field, value, onChange, error }: ValueFieldProps) {
  const { name, title, canBeOff, unit, minimum, maximum } = field
  const [typed, setTyped] = useState<string>()
  const shown = typed !== undefined && isSame(typed, value) ? typed : textOf(value)
  const [last, setLast] = useState<unknown>(value ?? minimum ?? 1)
  const isOff = value === null
  return (
    <div className="flex items-center gap-2">
      {canBeOff && (
        <input
          type="checkbox"
          aria-label={`${title}: on`}
          checked={!isOff}
          onChange={(event) => {
            if (!event.target.checked) setLast(value)
            onChange(event.target.checked ? last : null)
          }}
          className="size-5 shrink-0"
        />
      )}
      <span className="relative block min-w-0 flex-1">
        <input
          inputMode="decimal"
          value={isOff ? '' : shown}
          placeholder={isOff ? 'off' : undefined}
          disabled={isOff}
          onChange={(event) => {
            setTyped(event.target.value)
            onChange(numberIn(event.target.value))
          }}
          className={`${inputLook} ${unit ? 'pr-14' : ''} tabular-nums`}
          {...ties(field, error)}
        />
        {unit && (
          <span
            aria-hidden="true"
            className="pointer-events-none absolute inset-y-0 right-3 grid place-items-center text-sm text-muted"
          >
            {unit}
          </span>
        )}
      </span>
      <span className="sr-only" id={`${name}-bounds`}>
        {minimum} to {maximum}
      </span>
    </div>
  )
}

/** What was typed as a number; NaN for what is none, so that it is kept and said. */
function numberIn(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text.replace(',', '.'))
}

function isSame(typed: string, value: unknown): boolean {
  return Object.is(numberIn(typed), value) || (Number.isNaN(numberIn(typed)) && Number.isNaN(value))
}

function textOf(value: unknown): string {
  return typeof value === 'number' && !Number.isNaN(value) ? String(value) : ''
}

/** A value as people say it: '2 %', 'on', 'off'. */
export function inWords({ unit, type }: Field, value: unknown): string {
  if (value === null || value === undefined) return 'off'
  if (type === 'boolean') return value === true ? 'on' : 'off'
  if (typeof value === 'number') return unit ? `${value} ${unit}` : String(value)
  return type === 'choice' ? String(value) : sentence(String(value))
}
