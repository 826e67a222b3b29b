import { ApiProblem } from '../shell/api.ts'
import { BarePage } from './bare.tsx'

/** What a link that opens nothing leads to. */
export function DeadLink({ title, error }: { title: string; error: unknown }) {
  return (
    <BarePage title={title}>
      <p role="alert" className="rounded-lg bg-down-soft px-3 py-2 text-sm text-down">
        <strong className="font-semibold">
          {error instanceof Error ? error.message : 'It does not work.'}
        </strong>{' '}
        {error instanceof ApiProblem ? error.advice : 'Open the link again.'}
      </p>
      <p className="mt-6 text-sm">
        <a href="/sign-in" className="font-medium text-accent underline underline-offset-2">
          To the sign-in
        </a>
      </p>
    </BarePage>
  )
}
