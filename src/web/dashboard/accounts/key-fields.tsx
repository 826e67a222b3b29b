import { TextField } from '../parts/text-field.tsx'
import type { KeyDraft } from './key-draft.ts'

interface KeyFieldsProps {
  readonly draft: KeyDraft
  readonly onChange: (draft: KeyDraft) => void
  readonly wantsPassphrase: boolean
  /** What is wrong with each, by its name. */
  readonly errors: Readonly<Record<string, string>>
}

/** What the exchange hands out when a key is made. */
export function KeyFields({ draft, onChange, wantsPassphrase, errors }: KeyFieldsProps) {
  const field = (name: keyof KeyDraft) => ({
    value: draft[name],
    onChange: (event: { target: { value: string } }) => onChange({ ...draft, [name]: event.target.value }),
    error: errors[name],
    autoComplete: 'off',
    autoCapitalize: 'none',
    spellCheck: false,
    required: true,
  })
  return (
    <div className="space-y-3">
      <TextField label="API key" {...field('apiKey')} />
      <TextField
        label="Secret"
        type="password"
        {...field('secret')}
        hint="Sealed as soon as it arrives, opened by the workers alone, and never shown again."
      />
      {wantsPassphrase && <TextField label="Passphrase" type="password" {...field('password')} />}
    </div>
  )
}
