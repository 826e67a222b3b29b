import { useState } from 'react'
import { CheckField } from '../parts/check-field.tsx'
import { TextField } from '../parts/text-field.tsx'

type Symbols = 'all' | 'top10' | readonly string[]

interface SymbolsFieldProps {
  readonly value: Symbols
  readonly onChange: (value: Symbols) => void
  readonly error: string | undefined
}

/** Everything, the ten most traded, or a list of one's own. */
export function SymbolsField({ value, onChange, error }: SymbolsFieldProps) {
  const [list, setList] = useState(typeof value === 'string' ? 'BTC, ETH' : value.join(', '))
  const isList = typeof value !== 'string'
  return (
    <fieldset className="mt-2 space-y-2">
      <legend className="sr-only">Symbols</legend>
      <CheckField
        type="radio"
        name="symbols"
        label="Everything the sources look at"
        checked={value === 'all'}
        onChange={() => onChange('all')}
      />
      <CheckField
        type="radio"
        name="symbols"
        label="The ten most traded"
        checked={value === 'top10'}
        onChange={() => onChange('top10')}
      />
      <CheckField
        type="radio"
        name="symbols"
        label="My own list"
        checked={isList}
        onChange={() => onChange(symbolsIn(list))}
      />
      {isList && (
        <TextField
          label="Coins"
          value={list}
          onChange={(event) => {
            setList(event.target.value)
            onChange(symbolsIn(event.target.value))
          }}
          error={error ?? (value.length === 0 ? 'Name at least one coin.' : undefined)}
          hint="Their short names, with commas between them: BTC, ETH, SOL."
        />
      )}
    </fieldset>
  )
}

function symbolsIn(text: string): string[] {
  return [
    ...new Set(
      text
        .toUpperCase()
        .split(/[\s,;]+/)
        .filter(Boolean),
    ),
  ]
}
