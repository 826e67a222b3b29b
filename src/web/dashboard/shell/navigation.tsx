import { useRef } from 'react'
import type { PagePath } from '../../paths.ts'
import { NavIcon } from '../parts/nav-icon.tsx'
import { Link } from './link.tsx'
import { type Page, pages } from './pages.ts'
import { useHere } from './router.tsx'

type Entry = Page & { readonly path: PagePath }

const entries: readonly Entry[] = Object.entries(pages).map(([path, page]) => ({
  ...page,
  path: path as PagePath,
}))

/** Admins see the operator's pages under their own. */
interface Reader {
  readonly isAdmin: boolean
}

const groupOf = (place: Page['place']) => entries.filter((entry) => entry.place === place)

/** The pages beside the content, on a wide screen. */
export function SideNavigation({ isAdmin }: Reader) {
  return (
    <nav
      aria-label="Pages"
      className="sticky top-14 hidden h-[calc(100dvh-3.5rem)] w-52 shrink-0 overflow-y-auto border-r border-line px-3 py-4 lg:block"
    >
      <Group entries={groupOf('trader')} />
      {isAdmin && groupOf('admin').length > 0 && (
        <>
          <h2 className="mt-6 mb-1 px-3 text-xs font-medium text-muted">Administration</h2>
          <Group entries={groupOf('admin')} />
        </>
      )}
    </nav>
  )
}

function Group({ entries: shown, onFollow }: { entries: readonly Entry[]; onFollow?: () => void }) {
  const { page } = useHere()
  return (
    <ul className="space-y-0.5">
      {shown.map((entry) => (
        <li key={entry.path}>
          <Link
            to={entry.path}
            onClick={onFollow}
            aria-current={isWithin(page, entry.path) ? 'page' : undefined}
            className="flex min-h-10 items-center gap-3 rounded-lg px-3 text-sm font-medium text-muted hover:bg-raised hover:text-text aria-[current=page]:bg-accent-soft aria-[current=page]:text-accent"
          >
            {entry.icon && <NavIcon name={entry.icon} />}
            {entry.title}
          </Link>
        </li>
      ))}
    </ul>
  )
}

/** Whether a page is the entry's own or lies below it. */
function isWithin(page: PagePath, entry: PagePath): boolean {
  return page === entry || (entry !== '/' && page.startsWith(`${entry}/`))
}

const barItem =
  'flex h-14 min-w-0 flex-1 flex-col items-center justify-center gap-0.5 text-[0.6875rem] font-medium text-muted aria-[current=page]:text-accent'

/** The most used pages at the bottom of a phone, and behind a button the others. */
export function BottomNavigation({ isAdmin }: Reader) {
  const { page } = useHere()
  const sheet = useRef<HTMLDialogElement>(null)
  const frequent = entries.filter(({ isFrequent }) => isFrequent).slice(0, 5)
  const others = groupOf('trader').filter((entry) => !frequent.includes(entry))
  const operator = isAdmin ? groupOf('admin') : []
  const isElsewhere = ![...frequent].some(({ path }) => isWithin(page, path))
  const close = () => sheet.current?.close()
  return (
    <>
      <nav
        aria-label="Pages"
        className="fixed inset-x-0 bottom-0 z-10 flex border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] lg:hidden"
      >
        {frequent.map((entry) => (
          <Link
            key={entry.path}
            to={entry.path}
            aria-current={isWithin(page, entry.path) ? 'page' : undefined}
            className={barItem}
          >
            {entry.icon && <NavIcon name={entry.icon} />}
            <span className="max-w-full truncate">{entry.title}</span>
          </Link>
        ))}
        <button
          type="button"
          aria-haspopup="dialog"
          aria-current={isElsewhere ? 'page' : undefined}
          onClick={() => sheet.current?.showModal()}
          className={barItem}
        >
          <NavIcon name="more" />
          More
        </button>
      </nav>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it for the keyboard */}
      <dialog
        ref={sheet}
        aria-label="More pages"
        onClick={(event) => event.target === event.currentTarget && close()}
        className="m-0 mt-auto w-full max-w-none rounded-t-2xl border-t border-line bg-surface text-text"
      >
        <div className="max-h-[75dvh] overflow-y-auto px-3 pt-3 pb-6">
          <Group entries={others} onFollow={close} />
          {operator.length > 0 && (
            <>
              <h2 className="mt-4 mb-1 px-3 text-xs font-medium text-muted">Administration</h2>
              <Group entries={operator} onFollow={close} />
            </>
          )}
        </div>
      </dialog>
    </>
  )
}
