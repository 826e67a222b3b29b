import { useId } from 'react'
import type { Me } from '../../api/me.ts'
import { type Theme, themes, useTheme } from './theme.ts'

const names: Readonly<Record<Theme, string>> = { system: 'As the device', light: 'Light', dark: 'Dark' }

/** Who is signed in, the theme of this device, and the way out. */
export function UserMenu({ me }: { me: Me | undefined }) {
  const [theme, chooseTheme] = useTheme()
  const id = useId()
  async function signOut() {
    await fetch('/api/auth/sign-out', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    location.assign('/sign-in')
  }
  return (
    <details
      className="relative text-sm"
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) event.currentTarget.open = false
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.currentTarget.open = false
        event.currentTarget.querySelector('summary')?.focus()
      }}
    >
      <summary
        aria-label="Your menu"
        title={me?.email}
        className="grid size-9 place-items-center rounded-full bg-raised text-sm font-semibold text-muted hover:text-text"
      >
        {me?.name.slice(0, 1).toUpperCase()}
      </summary>
      <div className="absolute right-0 z-20 mt-2 w-60 rounded-xl border border-line bg-surface p-2 shadow-xl">
        <p className="truncate px-2 pt-1 font-medium">{me?.name}</p>
        <p className="truncate px-2 pb-2 text-xs text-muted">{me?.email}</p>
        <label htmlFor={id} className="flex items-center justify-between gap-2 border-t border-line p-2">
          Colours
          <select
            id={id}
            value={theme}
            onChange={(event) => chooseTheme(event.target.value as Theme)}
            className="h-9 rounded-lg border border-line bg-surface px-2"
          >
            {themes.map((each) => (
              <option key={each} value={each}>
                {names[each]}
              </option>
            ))}
          </select>
        </label>
        {me?.role === 'admin' && (
          <a href="/ops/queues" className="block rounded-lg p-2 hover:bg-raised">
            Queues (Bull Board)
          </a>
        )}
        <button
          type="button"
          onClick={signOut}
          className="block w-full rounded-lg p-2 text-left hover:bg-raised"
        >
          Sign out
        </button>
      </div>
    </details>
  )
}
