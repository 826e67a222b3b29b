import type { ReactNode } from 'react'

const colours = {
  up: 'bg-up-soft text-up',
  down: 'bg-down-soft text-down',
  accent: 'bg-accent-soft text-accent',
  warn: 'bg-warn-soft text-warn',
  plain: 'bg-raised text-muted',
} as const

interface ChipProps {
  readonly tone: keyof typeof colours
  readonly children: ReactNode
  readonly title?: string
}

/** A word on a coloured ground. */
export function Chip({ tone, children, title }: ChipProps) {
  return (
    <span
      title={title}
      className={`inline-flex items-center gap-1 rounded-md px-1.5 py-0.5 text-xs font-semibold whitespace-nowrap ${colours[tone]}`}
    >
      {children}
    </span>
  )
}
