import { type ReactNode, useEffect, useRef } from 'react'

interface DialogProps {
  readonly title: string
  readonly isOpen: boolean
  /** Escape, a click beside it, or a button of its own. */
  readonly onClose: () => void
  readonly children: ReactNode
}

/** A question that has to be answered before anything else: the browser keeps the focus inside and gives it back. */
export function Dialog({ title, isOpen, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    if (isOpen && !dialog.current?.open) dialog.current?.showModal()
    if (!isOpen) dialog.current?.close()
  }, [isOpen])
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it for the keyboard
    <dialog
      ref={dialog}
      aria-label={title}
      onClose={onClose}
      onClick={(event) => event.target === event.currentTarget && onClose()}
      className="w-[min(30rem,calc(100vw-2rem))] rounded-xl border border-line bg-surface text-text shadow-xl"
    >
      {isOpen && (
        <div className="p-5">
          <h2 className="text-lg font-semibold tracking-tight">{title}</h2>
          {children}
        </div>
      )}
    </dialog>
  )
}
