import { useMutation } from '@tanstack/react-query'
import type { Backtest } from '../../api/backtest-answers.ts'
import { Button } from '../parts/button.tsx'
import { Confirm } from '../parts/confirm.tsx'
import { Failure } from '../parts/failure.tsx'
import { queries, send } from '../shell/api.ts'
import { isUnderWay } from './words.ts'

const refetch = () => queries.refetchQueries({ queryKey: ['backtests'] })

/** Cancels a run that is not over; removes one that is. */
export function RunActions({ run, onRemoved }: { run: Backtest; onRemoved?: () => void }) {
  const cancel = useMutation({
    mutationFn: () => send(`/backtests/${run.id}/cancel`, {}),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['backtests'] }),
  })
  if (isUnderWay(run))
    return (
      <div>
        <Button
          look="quiet"
          disabled={cancel.isPending || run.isCancelAsked}
          onClick={() => cancel.mutate()}
          aria-label={`Cancel ${run.name}`}
        >
          Cancel
        </Button>
        {cancel.error && <Failure error={cancel.error} />}
      </div>
    )
  return (
    <Confirm
      button={
        <>
          Remove<span className="sr-only"> {run.name}</span>
        </>
      }
      opener="quiet"
      title="Remove this backtest?"
      action="Remove"
      look="danger"
      onConfirm={async () => {
        await send(`/backtests/${run.id}`, undefined, 'DELETE')
        onRemoved?.()
        await refetch()
      }}
    >
      {run.name} and its report are gone for good. The same run can be asked for again.
    </Confirm>
  )
}
