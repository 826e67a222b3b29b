import type { ReactNode } from 'react'

interface PanelProps {
  readonly title: string
  /** Beside the title: a count, a choice. */
  readonly aside?: ReactNode
  readonly children: ReactNode
  readonly className?: string
}

/** A titled card. */
export function Panel({ title, aside, children, className = '' }: PanelProps) {
  return (
    <section aria-label={title} className={`min-w-0 rounded-xl border border-line bg-surface ${className}`}>
      <header className="flex min-h-12 items-center justify-between gap-3 px-4 pt-2 pb-1">
        <h2 className="text-[0.9375rem] font-semibold tracking-tight">{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  )
}
