import { useState } from 'react'
import { TextField } from './text-field.tsx'

interface NewPasswordProps {
  readonly label?: string
  readonly name?: string
  /** What the server said of it. */
  readonly error?: string | undefined
}

/** A password that is chosen: its rule is said beforehand, and it can be looked at instead of written twice. */
export function NewPassword({ label = 'Password', name = 'password', error }: NewPasswordProps) {
  const [isShown, setShown] = useState(false)
  return (
    <div>
      <TextField
        label={label}
        name={name}
        type={isShown ? 'text' : 'password'}
        autoComplete="new-password"
        minLength={12}
        maxLength={128}
        spellCheck={false}
        autoCapitalize="none"
        required
        error={error}
        hint="At least 12 characters. Four words that do not belong together are good and easy to keep."
      />
      <label className="mt-2 flex min-h-6 w-fit items-center gap-2 text-sm text-muted">
        <input
          type="checkbox"
          checked={isShown}
          onChange={(event) => setShown(event.target.checked)}
          className="size-4"
        />
        Show it
      </label>
    </div>
  )
}
