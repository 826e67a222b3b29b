import { useMutation, useQuery } from '@tanstack/react-query'
import { type FormEvent, useEffect, useRef, useState } from 'react'
import type { Security } from '../../api/security.ts'
import { ask, proveWith, sendAuth } from '../shell/api.ts'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { Failure } from './failure.tsx'
import { TextField } from './text-field.tsx'

/** Asks who is there when something dangerous needs a fresh proof; what was asked for goes on by itself afterwards. */
export function StepUp() {
  const [isOpen, setOpen] = useState(false)
  const answer = useRef<(isProven: boolean) => void>(undefined)
  useEffect(
    () =>
      proveWith(() => {
        answer.current?.(false)
        setOpen(true)
        return new Promise((resolve) => {
          answer.current = resolve
        })
      }),
    [],
  )
  const end = (isProven: boolean) => {
    setOpen(false)
    answer.current?.(isProven)
    answer.current = undefined
  }
  return (
    <Dialog title="Is it you?" isOpen={isOpen} onClose={() => end(false)}>
      <Question onProven={() => end(true)} onCancel={() => end(false)} />
    </Dialog>
  )
}

function Question({ onProven, onCancel }: { onProven: () => void; onCancel: () => void }) {
  const security = useQuery({ queryKey: ['security'], queryFn: () => ask<Security>('/security') })
  const prove = useMutation({ mutationFn: (body: object) => sendAuth('/step-up', body), onSuccess: onProven })
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    event.stopPropagation()
    prove.mutate(Object.fromEntries(new FormData(event.currentTarget)))
  }
  const byCode = security.data?.hasTwoFactor === true
  return (
    <form onSubmit={submit} className="mt-2 space-y-3">
      <p className="text-sm text-muted">
        What you are about to do moves money or opens doors.{' '}
        {byCode ? 'Enter the code of your app' : 'Enter your password'}; it counts for ten minutes.
      </p>
      {security.error && <Failure error={security.error} />}
      {byCode ? (
        <TextField
          key="code"
          label="Code"
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          pattern="[0-9]{6}"
          title="six digits"
          required
          autoFocus
        />
      ) : (
        <TextField
          key="password"
          label="Your password"
          name="password"
          type="password"
          autoComplete="current-password"
          required
          autoFocus
        />
      )}
      {prove.error && <Failure error={prove.error} />}
      <div className="flex justify-end gap-2 pt-2">
        <Button look="quiet" onClick={onCancel}>
          Cancel
        </Button>
        <Button look="primary" type="submit" disabled={prove.isPending || !security.data}>
          {prove.isPending ? 'Looking…' : 'It is me'}
        </Button>
      </div>
    </form>
  )
}
