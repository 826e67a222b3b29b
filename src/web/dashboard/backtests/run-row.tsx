import type { Backtest } from '../../api/backtest-answers.ts'
import { Chip } from '../parts/chip.tsx'
import { percent } from '../parts/format.ts'
import { Gain } from '../parts/gain.tsx'
import { Ago } from '../parts/moment.tsx'
import { Link } from '../shell/link.tsx'
import { Progress } from './progress.tsx'
import { RunActions } from './run-actions.tsx'
import { isUnderWay, runFacts, stateWords } from './words.ts'

interface RunRowProps {
  readonly run: Backtest
  readonly isChosen: boolean
  readonly canChoose: boolean
  readonly onChoose: (isChosen: boolean) => void
}

/** One run in the list: how it stands, and what it came to. */
export function RunRow({ run, isChosen, canChoose, onChoose }: RunRowProps) {
  const { word, tone } = stateWords[run.state]
  return (
    <div className="flex items-start gap-3 px-4 py-3 text-sm">
      <input
        type="checkbox"
        aria-label={`Compare ${run.name}`}
        checked={isChosen}
        disabled={!canChoose}
        onChange={(event) => onChoose(event.target.checked)}
        className="mt-1 size-4 shrink-0 disabled:opacity-30"
      />
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <Link
            to={`/backtests/${run.id}`}
            className="min-w-0 font-semibold break-words underline-offset-4 hover:underline"
          >
            {run.name}
          </Link>
          <Chip tone={tone}>{word}</Chip>
          <Ago at={run.createdAt} className="text-xs text-muted" />
        </div>
        <p className="mt-0.5 text-xs text-muted">{runFacts(run)}</p>
        {run.figures && <Figures figures={run.figures} quote={run.terms.quote} />}
        {run.state === 'failed' && (
          <p className="mt-1 text-xs text-down">
            {run.reason} <span className="text-muted">{run.advice}</span>
          </p>
        )}
        {isUnderWay(run) && <Progress run={run} />}
      </div>
      <RunActions run={run} />
    </div>
  )
}

function Figures({ figures, quote }: { figures: NonNullable<Backtest['figures']>; quote: string }) {
  return (
    <p className="mt-1 flex flex-wrap gap-x-4 gap-y-0.5 text-xs text-muted tabular-nums">
      <span>
        <Gain value={figures.profit.toFixed(2)} ratio={figures.profitRatio} className="font-medium" /> {quote}
      </span>
      <span>{figures.trades} trades</span>
      <span>at worst {percent(-figures.maxDrawdown)}</span>
      {figures.holdRatio !== null && <span>held: {percent(figures.holdRatio)}</span>}
    </p>
  )
}
