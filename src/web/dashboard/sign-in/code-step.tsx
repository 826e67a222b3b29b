import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { TextField } from '../parts/text-field.tsx'
import { sendAuth } from '../shell/api.ts'
import { BareForm, BarePage } from './bare.tsx'
import { destination } from './destination.ts'

/** The second factor: a code of the app, or one of the codes for when the phone is away. */
export function CodeStep({ onBack }: { onBack: () => void }) {
  const [isBackup, setBackup] = useState(false)
  const verify = useMutation({
    mutationFn: (code: string) =>
      sendAuth(isBackup ? '/two-factor/verify-backup-code' : '/two-factor/verify-totp', { code }),
    onSuccess: () => location.assign(destination()),
  })
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const code = String(new FormData(event.currentTarget).get('code'))
    verify.mutate(isBackup ? code.trim() : code.replaceAll(/\s/g, ''))
  }
  const other = () => {
    verify.reset()
    setBackup(!isBackup)
  }
  return (
    <BarePage
      title="One more step"
      lead={
        isBackup
          ? 'Enter one of the backup codes you kept. It works once.'
          : 'Enter the six digits that your authenticator app shows for Bullpen.'
      }
    >
      <BareForm
        action="Sign in"
        isBusy={verify.isPending || verify.isSuccess}
        error={verify.error}
        onSubmit={submit}
      >
        {isBackup ? (
          <TextField
            key="backup"
            label="Backup code"
            name="code"
            placeholder="aBc1D-2eFg3"
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            required
            autoFocus
          />
        ) : (
          <TextField
            key="app"
            label="Code"
            name="code"
            inputMode="numeric"
            pattern="[0-9 ]{6,7}"
            title="six digits"
            autoComplete="one-time-code"
            required
            autoFocus
          />
        )}
      </BareForm>
      <div className="mt-6 flex flex-wrap justify-between gap-2 text-sm">
        <button
          type="button"
          onClick={other}
          className="min-h-10 rounded text-accent underline underline-offset-2"
        >
          {isBackup ? 'Use the app' : 'The phone is not at hand'}
        </button>
        <button
          type="button"
          onClick={onBack}
          className="min-h-10 rounded text-muted underline underline-offset-2"
        >
          Begin again
        </button>
      </div>
    </BarePage>
  )
}
