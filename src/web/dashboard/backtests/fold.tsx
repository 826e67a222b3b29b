import { type ReactNode, useState } from 'react'

interface FoldProps {
  readonly title: string
  /** Shows what is wrong inside; it stays open when that is mended. */
  readonly hasError: boolean
  readonly children: ReactNode
}

/** Fields that most leave as they are, closed until somebody wants to turn them. */
export function Fold({ title, hasError, children }: FoldProps) {
  const [isOpen, setOpen] = useState(false)
  return (
    <details
      open={isOpen || hasError}
      onToggle={(event) => setOpen(event.currentTarget.open)}
      className="group rounded-lg border border-line px-3 py-2"
    >
      <summary className="flex min-h-8 cursor-pointer items-center text-sm font-medium">
        {title}
        <span aria-hidden="true" className="ml-auto text-muted transition-transform group-open:rotate-90">
          ›
        </span>
      </summary>
      {children}
    </details>
  )
}
