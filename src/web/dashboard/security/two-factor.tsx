import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { Button } from '../parts/button.tsx'
import { Chip } from '../parts/chip.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Failure } from '../parts/failure.tsx'
import { TextField } from '../parts/text-field.tsx'
import { queries, sendAuth } from '../shell/api.ts'
import { toast } from '../shell/toasts.tsx'
import { BackupCodes } from './backup-codes.tsx'
import { Enrol, type Enrolment } from './enrol.tsx'

/** What a dialog of this panel is for. */
type Act = 'on' | 'off' | 'codes'

const acts: Readonly<Record<Act, { title: string; path: string; text: string; action: string }>> = {
  on: {
    title: 'Switch two-factor sign-in on',
    path: '/two-factor/enable',
    text: 'You need an authenticator app on your phone. From then on signing in, adding a key and lifting a halt ask for its code.',
    action: 'Go on',
  },
  off: {
    title: 'Switch two-factor sign-in off',
    path: '/two-factor/disable',
    text: 'From then on the password alone opens your account, and everything in it.',
    action: 'Switch it off',
  },
  codes: {
    title: 'Make new backup codes',
    path: '/two-factor/generate-backup-codes',
    text: 'Those you have stop working at once.',
    action: 'Make them',
  },
}

/** Whether a code is asked for beside the password, and how to change that. */
export function TwoFactor({ isOn }: { isOn: boolean }) {
  const [act, setAct] = useState<Act>()
  const [enrolment, setEnrolment] = useState<Enrolment>()
  const [codes, setCodes] = useState<readonly string[]>()
  const changed = () => queries.refetchQueries({ queryKey: ['security'] })
  async function done(which: Act, said: Partial<Enrolment>) {
    setAct(undefined)
    if (which === 'on') return setEnrolment(said as Enrolment)
    if (which === 'codes') return setCodes(said.backupCodes)
    toast('Two-factor sign-in is off.')
    await changed()
  }
  return (
    <div className="border-t border-line px-4 py-3 text-sm">
      <p className="mb-3 flex flex-wrap items-center gap-2">
        {isOn ? <Chip tone="up">On</Chip> : <Chip tone="warn">Off</Chip>}
        <span>
          {isOn
            ? 'Signing in asks for the code of your app beside the password.'
            : 'Whoever learns your password is in. A code of your phone stops them.'}
        </span>
      </p>
      <div className="flex flex-wrap gap-2">
        {isOn ? (
          <>
            <Button onClick={() => setAct('codes')}>New backup codes</Button>
            <Button look="quiet" onClick={() => setAct('off')}>
              Switch off
            </Button>
          </>
        ) : (
          <Button look="primary" onClick={() => setAct('on')}>
            Switch on
          </Button>
        )}
      </div>
      <PasswordDialog act={act} onClose={() => setAct(undefined)} onDone={done} />
      <Dialog
        title="Connect your authenticator app"
        isOpen={enrolment !== undefined}
        onClose={() => setEnrolment(undefined)}
      >
        {enrolment && (
          <Enrol
            enrolment={enrolment}
            onCancel={() => setEnrolment(undefined)}
            onDone={async () => {
              setEnrolment(undefined)
              setCodes(enrolment.backupCodes)
              await changed()
            }}
          />
        )}
      </Dialog>
      <Dialog title="Keep these codes" isOpen={codes !== undefined} onClose={() => setCodes(undefined)}>
        <BackupCodes codes={codes ?? []} onDone={() => setCodes(undefined)} />
      </Dialog>
    </div>
  )
}

interface PasswordDialogProps {
  readonly act: Act | undefined
  readonly onClose: () => void
  readonly onDone: (act: Act, said: Partial<Enrolment>) => void
}

/** Says what will happen, and asks for the password. */
function PasswordDialog({ act, onClose, onDone }: PasswordDialogProps) {
  const send = useMutation({
    mutationFn: ({ which, password }: { which: Act; password: string }) =>
      sendAuth<Partial<Enrolment>>(acts[which].path, { password }),
    onSuccess: (said, { which }) => onDone(which, said),
  })
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const password = String(new FormData(event.currentTarget).get('password'))
    if (act) send.mutate({ which: act, password })
  }
  function close() {
    send.reset()
    onClose()
  }
  return (
    <Dialog title={act ? acts[act].title : ''} isOpen={act !== undefined} onClose={close}>
      {act && (
        <form onSubmit={submit} className="mt-2 space-y-3">
          <p className="text-sm text-muted">{acts[act].text}</p>
          <TextField
            label="Your password"
            name="password"
            type="password"
            autoComplete="current-password"
            required
            autoFocus
          />
          {send.error && <Failure error={send.error} />}
          <div className="flex justify-end gap-2 pt-2">
            <Button look="quiet" onClick={close}>
              Cancel
            </Button>
            <Button look={act === 'off' ? 'danger' : 'primary'} type="submit" disabled={send.isPending}>
              {send.isPending ? 'Working…' : acts[act].action}
            </Button>
          </div>
        </form>
      )}
    </Dialog>
  )
}
