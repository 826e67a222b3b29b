import { useMutation } from '@tanstack/react-query'
import { useRef } from 'react'
import type { Overview } from '../../api/overview.ts'
import { Failure } from '../parts/failure.tsx'
import { Hand, Play } from '../parts/icons.tsx'
import { queries, send } from './api.ts'

const stop = {
  button: 'Stop entries',
  title: 'Stop all new entries?',
  text: 'From now on no account of yours opens a position. Open positions are still watched, and their stops and targets still close them.',
  mode: 'no_entries',
} as const

const resume = {
  button: 'Allow entries',
  title: 'Allow new entries again?',
  text: 'The next trading cycle may open positions on signals that are alive then.',
  mode: 'none',
} as const

/** Stops and allows new entries for everything the user owns, after asking. */
export function EntriesSwitch({ halt }: { halt: Overview['halt'] }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const isStopped = halt !== null && halt.mode !== 'none'
  const { button, title, text, mode } = isStopped ? resume : stop
  const change = useMutation({
    mutationFn: () => send('/halts', { mode }),
    async onSuccess() {
      await queries.refetchQueries({ queryKey: ['overview'] })
      dialog.current?.close()
    },
  })
  const Icon = isStopped ? Play : Hand
  return (
    <>
      <button
        type="button"
        disabled={halt === null}
        onClick={() => {
          change.reset()
          dialog.current?.showModal()
        }}
        className={`flex h-9 items-center gap-1.5 rounded-lg border px-2.5 text-sm font-medium whitespace-nowrap ${
          isStopped ? 'border-warn bg-warn-soft text-warn' : 'border-line hover:bg-raised'
        }`}
      >
        <Icon />
        {button}
      </button>
      <dialog
        ref={dialog}
        aria-label={title}
        className="w-[min(26rem,calc(100vw-2rem))] rounded-xl border border-line bg-surface p-5 text-text shadow-xl"
      >
        <h2 className="text-lg font-semibold tracking-tight">{title}</h2>
        <p className="mt-2 text-sm text-muted">{text}</p>
        {change.error && <Failure error={change.error} />}
        <form method="dialog" className="mt-5 flex justify-end gap-2">
          <button type="submit" className="h-10 rounded-lg px-3 text-sm font-medium hover:bg-raised">
            Cancel
          </button>
          <button
            type="button"
            disabled={change.isPending}
            onClick={() => change.mutate()}
            className="h-10 rounded-lg bg-accent-solid px-4 text-sm font-medium text-white hover:brightness-110"
          >
            {button}
          </button>
        </form>
      </dialog>
    </>
  )
}
