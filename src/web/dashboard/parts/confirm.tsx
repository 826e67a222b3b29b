import { useMutation } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { Failure } from './failure.tsx'

interface ConfirmProps {
  /** What the button that asks says. */
  readonly button: ReactNode
  readonly title: string
  /** What will happen, in words. */
  readonly children: ReactNode
  /** What the button that does it says. */
  readonly action: string
  readonly look?: 'primary' | 'danger'
  readonly opener?: 'plain' | 'quiet'
  readonly isDisabled?: boolean
  /** Does it; a rejection stays in the dialog and can be tried again. */
  readonly onConfirm: () => Promise<unknown>
}

/** A button that first says what will happen. */
export function Confirm({
  button,
  title,
  children,
  action,
  look = 'primary',
  opener = 'plain',
  isDisabled = false,
  onConfirm,
}: ConfirmProps) {
  const [isOpen, setOpen] = useState(false)
  const act = useMutation({ mutationFn: onConfirm, onSuccess: () => setOpen(false) })
  return (
    <>
      <Button
        look={opener}
        disabled={isDisabled}
        onClick={() => {
          act.reset()
          setOpen(true)
        }}
      >
        {button}
      </Button>
      <Dialog title={title} isOpen={isOpen} onClose={() => setOpen(false)}>
        <div className="mt-2 text-sm text-muted">{children}</div>
        {act.error && <Failure error={act.error} />}
        <div className="mt-5 flex justify-end gap-2">
          <Button look="quiet" onClick={() => setOpen(false)}>
            Cancel
          </Button>
          <Button look={look} disabled={act.isPending} onClick={() => act.mutate()}>
            {act.isPending ? 'Working…' : action}
          </Button>
        </div>
      </Dialog>
    </>
  )
}
