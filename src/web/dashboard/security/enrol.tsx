import { useMutation } from '@tanstack/react-query'
import type { FormEvent } from 'react'
import { Button } from '../parts/button.tsx'
import { Failure } from '../parts/failure.tsx'
import { TextField } from '../parts/text-field.tsx'
import { sendAuth } from '../shell/api.ts'
import { QrCode } from './qr-code.tsx'

/** What an app is set up with, and the codes for when it is lost. */
export interface Enrolment {
  readonly totpURI: string
  readonly backupCodes: readonly string[]
}

interface EnrolProps {
  readonly enrolment: Enrolment
  readonly onDone: () => void
  readonly onCancel: () => void
}

/** Shows the secret to the app, and lets a code prove that it came there. Until then nothing is on. */
export function Enrol({ enrolment, onDone, onCancel }: EnrolProps) {
  const secret = new URL(enrolment.totpURI).searchParams.get('secret') ?? ''
  const verify = useMutation({
    mutationFn: (code: string) => sendAuth('/two-factor/verify-totp', { code }),
    onSuccess: onDone,
  })
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    verify.mutate(String(new FormData(event.currentTarget).get('code')).replaceAll(/\s/g, ''))
  }
  return (
    <form onSubmit={submit} className="mt-2 space-y-3 text-sm">
      <p className="text-muted">
        1. Scan this with the app. On this phone itself,{' '}
        <a href={enrolment.totpURI} className="font-medium text-accent underline underline-offset-2">
          open it in the app
        </a>
        .
      </p>
      <div className="grid place-items-center">
        <QrCode text={enrolment.totpURI} label="QR code with the secret for your authenticator app" />
      </div>
      <details className="text-muted">
        <summary className="w-fit rounded underline underline-offset-2">Type it instead</summary>
        <code className="mt-1 block rounded-lg bg-raised px-3 py-2 break-all text-text">
          {secret.match(/.{1,4}/g)?.join(' ')}
        </code>
      </details>
      <TextField
        label="2. Enter the code that it shows"
        name="code"
        inputMode="numeric"
        pattern="[0-9 ]{6,7}"
        title="six digits"
        autoComplete="one-time-code"
        required
      />
      {verify.error && <Failure error={verify.error} />}
      <div className="flex justify-end gap-2 pt-2">
        <Button look="quiet" onClick={onCancel}>
          Cancel
        </Button>
        <Button look="primary" type="submit" disabled={verify.isPending}>
          {verify.isPending ? 'Looking…' : 'Switch it on'}
        </Button>
      </div>
    </form>
  )
}
