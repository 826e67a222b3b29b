import { useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import type { Overview } from '../../api/overview.ts'
import { Failure } from '../parts/failure.tsx'
import { Cross } from '../parts/icons.tsx'
import { queries, send } from './api.ts'

const title = 'Close everything now?'

/** Closes everything the user owns, after saying what will happen. */
export function CloseAll({ overview }: { overview: Overview | undefined }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [stopEntries, setStopEntries] = useState(true)
  const close = useMutation({
    mutationFn: () => send('/close-all', { stopEntries }),
    async onSuccess() {
      await queries.refetchQueries({ queryKey: ['overview'] })
      dialog.current?.close()
    },
  })
  const isClosing = overview?.closing != null
  return (
    <>
      <button
        type="button"
        disabled={!overview?.halt || isClosing}
        onClick={() => {
          close.reset()
          setStopEntries(true)
          dialog.current?.showModal()
        }}
        className="flex h-9 items-center gap-1.5 rounded-lg border border-line px-2.5 text-sm font-medium whitespace-nowrap hover:bg-raised"
      >
        <Cross />
        {isClosing ? 'Closing…' : 'Close all'}
      </button>
      <dialog
        ref={dialog}
        aria-label={title}
        className="w-[min(28rem,calc(100vw-2rem))] rounded-xl border border-line bg-surface p-5 text-text shadow-xl"
      >
        <h2 className="text-lg font-semibold tracking-tight">{title}</h2>
        <p className="mt-2 text-sm text-muted">
          {whatIsOpen(overview)} closed at the market price, and entries that wait at the exchange are taken
          back. Coins and positions that Bullpen did not open stay as they are. This cannot be undone.
        </p>
        {close.error && <Failure error={close.error} />}
        <form method="dialog" className="mt-4">
          <label className="flex items-start gap-2 text-sm">
            <input
              type="checkbox"
              checked={stopEntries}
              onChange={(event) => setStopEntries(event.target.checked)}
              className="mt-0.5 size-4"
            />
            <span>
              Keep entries stopped afterwards
              <span className="block text-xs text-muted">
                Otherwise signals may open positions again as soon as everything is closed.
              </span>
            </span>
          </label>
          <div className="mt-5 flex justify-end gap-2">
            <button type="submit" className="h-10 rounded-lg px-3 text-sm font-medium hover:bg-raised">
              Cancel
            </button>
            <button
              type="button"
              disabled={close.isPending}
              onClick={() => close.mutate()}
              className="h-10 rounded-lg bg-accent-solid px-4 text-sm font-medium text-white hover:brightness-110"
            >
              Close all
            </button>
          </div>
        </form>
      </dialog>
    </>
  )
}

function whatIsOpen(overview: Overview | undefined): string {
  const accounts = overview?.accounts ?? []
  const open = accounts.reduce((sum, { openPositions }) => sum + openPositions, 0)
  const where = accounts.length > 1 ? ` in your ${accounts.length} accounts` : ''
  return open === 1 ? `1 open position${where} is` : `${open} open positions${where} are`
}
