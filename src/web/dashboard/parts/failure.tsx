import { ApiProblem } from '../shell/api.ts'

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
