import { CheckField } from '../parts/check-field.tsx'
import { sourceName } from '../parts/words.ts'
import { useSources } from '../signals/sources.tsx'

interface SourcesFieldProps {
  readonly value: readonly string[]
  readonly onChange: (value: readonly string[]) => void
  readonly error: string | undefined
}

/** Whose signals are acted on: what speaks here, and the user's own webhooks together. */
export function SourcesField({ value, onChange, error }: SourcesFieldProps) {
  const { data } = useSources()
  const known = (data?.items ?? []).map(({ source }) => source)
  const names = [...new Set(['webhook', ...known, ...value])]
  const turn = (name: string, isOn: boolean) =>
    onChange(isOn ? [...value, name] : value.filter((each) => each !== name))
  return (
    <fieldset className="mt-2 grid gap-2 sm:grid-cols-2">
      <legend className="sr-only">Sources</legend>
      {names.map((name) => (
        <CheckField
          key={name}
          label={name === 'webhook' ? 'All my webhooks' : sourceName(name)}
          hint={hintOf(name)}
          checked={value.includes(name)}
          disabled={value.length === 1 && value.includes(name)}
          onChange={(event) => turn(name, event.target.checked)}
        />
      ))}
      {error && (
        <p role="alert" className="text-xs font-medium text-down">
          {error}
        </p>
      )}
    </fieldset>
  )
}

function hintOf(name: string): string {
  if (name === 'webhook') return 'What comes to addresses that you made'
  if (name.startsWith('webhook:')) return 'A webhook by its name'
  if (name.startsWith('strategy:')) return 'A strategy of the operator'
  return builtIn[name] ?? 'A source of this installation'
}

const builtIn: Readonly<Record<string, string>> = {
  titan_v3: 'An endpoint or a language model, every 5 minutes',
  'COUNCIL_V2.0_FALLBACK': 'Four seats that vote, while titan is silent',
  smart_entry: 'The setup of each symbol, every 15 seconds',
}
