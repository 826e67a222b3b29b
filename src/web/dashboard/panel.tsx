import type { ReactNode } from 'react'
import { ApiProblem } from './api.ts'
import { gain, percent, trendOf } from './format.ts'

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

/** What an empty panel says: what is not there yet, and what will bring it. */
export function Empty({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="grid min-h-32 place-items-center px-6 py-8 text-center">
      <div className="max-w-sm">
        <p className="text-sm font-medium">{title}</p>
        <p className="mt-1 text-sm text-muted">{children}</p>
      </div>
    </div>
  )
}

/** Keeps the place of rows that are on their way. */
export function Waiting({ rows }: { rows: number }) {
  return (
    <div aria-hidden="true" className="space-y-3 px-4 py-4">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike
        <div key={row} className="h-10 animate-pulse rounded-lg bg-raised" />
      ))}
    </div>
  )
}

/** Says what went wrong and what can be done. */
export function Failure({ error }: { error: unknown }) {
  const advice = error instanceof ApiProblem ? error.advice : 'Load the page again.'
  return (
    <div role="alert" className="mx-4 my-3 rounded-lg bg-down-soft px-3 py-2 text-sm text-down">
      <strong className="font-semibold">
        {error instanceof Error ? error.message : 'Something went wrong.'}
      </strong>{' '}
      {advice}
    </div>
  )
}

const trendColours = { up: 'text-up', down: 'text-down', flat: 'text-muted' } as const

interface GainProps {
  readonly value: string | null
  readonly ratio?: number | null
  readonly className?: string
}

/** A signed amount in the colour of its direction, with its percentage. */
export function Gain({ value, ratio, className = '' }: GainProps) {
  if (value === null) return <span className={`text-muted ${className}`}>–</span>
  return (
    <span className={`whitespace-nowrap ${trendColours[trendOf(value)]} ${className}`}>
      {gain(value)}
      {ratio !== undefined && ratio !== null && (
        <span className="ml-1.5 text-[0.8125em] font-normal opacity-90">{percent(ratio)}</span>
      )}
    </span>
  )
}

const chipColours = {
  up: 'bg-up-soft text-up',
  down: 'bg-down-soft text-down',
  accent: 'bg-accent-soft text-accent',
  warn: 'bg-warn-soft text-warn',
  plain: 'bg-raised text-muted',
} as const

/** A word on a coloured ground. */
export function Chip({
  tone,
  children,
  title,
}: {
  tone: keyof typeof chipColours
  children: ReactNode
  title?: string
}) {
  return (
    <span
      title={title}
      className={`inline-flex items-center gap-1 rounded-md px-1.5 py-0.5 text-xs font-semibold whitespace-nowrap ${chipColours[tone]}`}
    >
      {children}
    </span>
  )
}
