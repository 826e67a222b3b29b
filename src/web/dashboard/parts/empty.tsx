import type { ReactNode } from 'react'

interface EmptyProps {
  readonly title: string
  readonly children: ReactNode
  /** What to press next: a link or a button. */
  readonly action?: ReactNode
}

/** What an empty panel says: what is not there yet, and what will bring it. */
export function Empty({ title, children, action }: EmptyProps) {
  return (
    <div className="grid min-h-32 place-items-center px-6 py-8 text-center">
      <div className="max-w-sm">
        <p className="text-sm font-medium">{title}</p>
        <p className="mt-1 text-sm text-muted">{children}</p>
        {action && <div className="mt-4">{action}</div>}
      </div>
    </div>
  )
}
