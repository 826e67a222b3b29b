import type { ReactNode } from 'react'
import { Link } from '../shell/link.tsx'
import { useTitle } from './title.ts'

interface HeadingProps {
  /** The page's h1, and the title of the browser's tab. */
  readonly title: string
  /** Where this page belongs, as a way back. */
  readonly within?: { readonly path: string; readonly title: string }
  /** Said to screen readers alone. */
  readonly isHidden?: boolean
  /** Beside the title: filters, a button. */
  readonly aside?: ReactNode
  readonly children?: ReactNode
}

/** The head of a page; every page has one, and the focus goes there when somebody comes from another page. */
export function Heading({ title, within, isHidden = false, aside, children }: HeadingProps) {
  useTitle(title)
  return (
    <div className={isHidden ? 'sr-only' : 'flex flex-wrap items-end justify-between gap-x-6 gap-y-2'}>
      <div className="min-w-0">
        {within && (
          <nav aria-label="Breadcrumb" className="text-xs text-muted">
            <Link to={within.path} className="underline underline-offset-2">
              {within.title}
            </Link>
            <span aria-hidden="true"> /</span>
          </nav>
        )}
        <h1 tabIndex={-1} className="text-xl font-semibold tracking-tight outline-none">
          {title}
        </h1>
        {children && <div className="mt-1 max-w-3xl text-sm text-muted">{children}</div>}
      </div>
      {aside}
    </div>
  )
}
