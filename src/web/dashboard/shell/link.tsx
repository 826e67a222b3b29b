import type { AnchorHTMLAttributes, MouseEvent } from 'react'
import { pages } from './pages.ts'
import { placeOf } from './place.ts'
import { go } from './router.tsx'

interface LinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  /** A path of the dashboard, with its query. */
  readonly to: string
}

/** A link to another page of the dashboard. Its code is fetched as soon as somebody points at it. */
export function Link({ to, onClick, ...rest }: LinkProps) {
  function follow(event: MouseEvent<HTMLAnchorElement>) {
    onClick?.(event)
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey
    if (event.defaultPrevented || !isPlain) return
    event.preventDefault()
    go(to)
  }
  const fetchPage = () => {
    const place = placeOf(new URL(to, location.href))
    if (place) void pages[place.page].load().catch(() => undefined) // opening it says what is wrong
  }
  return <a href={to} onClick={follow} onPointerEnter={fetchPage} onFocus={fetchPage} {...rest} />
}
