import { useMutation } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import type { PositionDetail } from '../../api/position-detail.ts'
import { Button } from '../parts/button.tsx'
import { CheckField } from '../parts/check-field.tsx'
import { Failure } from '../parts/failure.tsx'
import { price } from '../parts/format.ts'
import { Panel } from '../parts/panel.tsx'
import { TextField } from '../parts/text-field.tsx'
import { ApiProblem, queries, send } from '../shell/api.ts'
import { toast } from '../shell/toasts.tsx'

interface Wish {
  readonly stopLoss?: string
  readonly takeProfit?: string | null
}

/** Moves stop and target of a position within what is allowed: a stop only ever comes nearer. */
export function AdjustPanel({ detail, quote }: { detail: PositionDetail; quote: string }) {
  const { id, stopLoss, takeProfit, stopRoom, targetRoom } = detail
  const [isOwn, setOwn] = useState(detail.isTargetOwn)
  const adjust = useMutation({
    mutationFn: (wish: Wish) => send(`/positions/${id}`, wish, 'PATCH'),
    async onSuccess() {
      await queries.refetchQueries({ queryKey: ['position', id] })
      toast(`${detail.symbol} is adjusted.`)
    },
  })
  const problems = adjust.error instanceof ApiProblem ? adjust.error.errors : {}
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const fields = new FormData(event.currentTarget)
    const wish = wishOf(fields, detail, isOwn)
    if (Object.keys(wish).length > 0) adjust.mutate(wish)
    else toast('Nothing was changed: both prices stand there already.')
  }
  return (
    <Panel title="Adjust">
      <form onSubmit={submit} className="space-y-4 border-t border-line px-4 py-3">
        <TextField
          label="Stop loss"
          name="stopLoss"
          inputMode="decimal"
          autoComplete="off"
          unit={quote}
          defaultValue={shown(stopLoss)}
          disabled={stopRoom === null}
          error={problems.stopLoss}
          hint={
            stopRoom
              ? `From ${price(stopRoom.from)} to ${price(stopRoom.to)}: it may only come nearer to the price.`
              : 'There is no room to bring it nearer.'
          }
        />
        <CheckField
          label="Keep the target where I put it"
          hint="Otherwise it is read again at each close of a 5 m candle."
          checked={isOwn}
          onChange={(event) => setOwn(event.target.checked)}
        />
        <TextField
          label="Target"
          name="takeProfit"
          inputMode="decimal"
          autoComplete="off"
          unit={quote}
          defaultValue={shown(takeProfit)}
          disabled={!isOwn || targetRoom === null}
          error={problems.takeProfit}
          hint={
            targetRoom
              ? `From ${price(targetRoom.from)} to ${price(targetRoom.to)}.`
              : 'There is no price yet to put it beside.'
          }
        />
        {adjust.error && <Failure error={adjust.error} />}
        <Button type="submit" look="primary" disabled={adjust.isPending || (!stopRoom && !targetRoom)}>
          {adjust.isPending ? 'Saving…' : 'Save'}
        </Button>
      </form>
    </Panel>
  )
}

/** What differs from how it is. */
function wishOf(fields: FormData, detail: PositionDetail, isOwn: boolean): Wish {
  const written = (name: string) => String(fields.get(name) ?? '').replaceAll(/[,\s]/g, '')
  const stop = written('stopLoss')
  const target = written('takeProfit')
  return {
    ...(stop !== '' && stop !== shown(detail.stopLoss) && { stopLoss: stop }),
    ...(isOwn && target !== '' && (target !== shown(detail.takeProfit) || !detail.isTargetOwn)
      ? { takeProfit: target }
      : {}),
    ...(!isOwn && detail.isTargetOwn && { takeProfit: null }),
  }
}

/** A decimal without superfluous zeros. */
function shown(value: string | null): string {
  if (value === null) return ''
  return value.includes('.') ? value.replace(/\.?0+$/, '') : value
}
