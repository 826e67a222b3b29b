import type { Backtest } from '../../api/backtest-answers.ts'

/** How far a run is, and what it is at. */
export function Progress({
  run,
}: {
  run: Pick<Backtest, 'state' | 'progress' | 'doing' | 'name' | 'isCancelAsked'>
}) {
  const { state, progress, doing, name, isCancelAsked } = run
  const text = isCancelAsked
    ? 'being cancelled'
    : state === 'queued'
      ? 'waits for a worker'
      : `${Math.floor(progress * 100)} %${doing ? `, ${doing}` : ''}`
  return (
    <div className="mt-2">
      <progress
        aria-label={`Progress of ${name}`}
        value={state === 'queued' ? 0 : progress}
        max={1}
        className="h-1.5 w-full appearance-none overflow-hidden rounded-full bg-raised [&::-moz-progress-bar]:bg-accent-solid [&::-webkit-progress-bar]:bg-raised [&::-webkit-progress-value]:bg-accent-solid"
      />
      <p className="mt-0.5 text-xs text-muted">{text}</p>
    </div>
  )
}
