import type { FormEventHandler, ReactNode } from 'react'
import { Mark } from '../parts/icons.tsx'
import { useTitle } from '../parts/title.ts'
import { ApiProblem } from '../shell/api.ts'

/** What pages for strangers look like: one thing to do, in the middle. */
export function BarePage({
  title,
  lead,
  children,
}: {
  title: string
  lead?: ReactNode
  children: ReactNode
}) {
  useTitle(title)
  return (
    <main className="grid min-h-dvh place-items-center px-4 py-10">
      <div className="w-full max-w-sm">
        <div className="mb-7 flex items-center gap-2.5">
          <Mark />
          <span className="text-lg font-semibold tracking-tight">Bullpen</span>
        </div>
        <h1 tabIndex={-1} className="text-2xl font-semibold tracking-tight outline-none">
          {title}
        </h1>
        {lead && <p className="mt-1 text-sm text-muted">{lead}</p>}
        <div className="mt-6">{children}</div>
      </div>
    </main>
  )
}

interface FormProps {
  readonly action: string
  readonly isBusy: boolean
  readonly error: unknown
  readonly onSubmit: FormEventHandler<HTMLFormElement>
  readonly children: ReactNode
}

/** Its one form. The place of what goes wrong is kept, so that nothing moves. */
export function BareForm({ action, isBusy, error, onSubmit, children }: FormProps) {
  return (
    <form onSubmit={onSubmit} className="space-y-4">
      {children}
      <div role="alert" className="min-h-10 text-sm text-down">
        {error instanceof Error && (
          <>
            {error.message} {error instanceof ApiProblem ? error.advice : 'Try again in a moment.'}
          </>
        )}
      </div>
      <button
        type="submit"
        disabled={isBusy}
        className="h-11 w-full rounded-lg bg-accent-solid px-4 font-medium text-white hover:brightness-110"
      >
        {isBusy ? 'One moment…' : action}
      </button>
    </form>
  )
}
