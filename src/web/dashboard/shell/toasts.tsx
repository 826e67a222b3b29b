import { useSyncExternalStore } from 'react'

interface Toast {
  readonly id: number
  readonly text: string
  readonly tone: 'done' | 'problem'
}

/** How long a toast stays. */
const shownMs = 6_000

let toasts: readonly Toast[] = []
let lastId = 0
const listeners = new Set<() => void>()

function set(next: readonly Toast[]): void {
  toasts = next
  for (const listener of listeners) listener()
}

/** Says in passing what was done, to eyes and screen readers. What needs an answer belongs beside its cause instead. */
export function toast(text: string, tone: Toast['tone'] = 'done'): void {
  lastId += 1
  const id = lastId
  set([...toasts, { id, text, tone }].slice(-3))
  setTimeout(() => set(toasts.filter((each) => each.id !== id)), shownMs)
}

/** Where toasts appear. */
export function Toasts() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => toasts,
  )
  return (
    <div
      role="status"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-3 bottom-20 z-20 flex flex-col items-center gap-2 lg:bottom-6"
    >
      {shown.map(({ id, text, tone }) => (
        <p
          key={id}
          className={`max-w-md rounded-lg px-4 py-2.5 text-sm font-medium shadow-lg ${
            tone === 'done' ? 'bg-text text-page' : 'bg-down-soft text-down'
          }`}
        >
          {text}
        </p>
      ))}
    </div>
  )
}
