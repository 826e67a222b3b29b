import {
  createContext,
  type ReactNode,
  startTransition,
  useContext,
  useEffect,
  useRef,
  useState,
} from 'react'
import { type Place, placeOf } from './place.ts'

/** Said on `window` when the page goes elsewhere by itself; the browser's own buttons say `popstate`. */
const movedEvent = 'bullpen:moved'

/** Goes to another page of the dashboard without loading it anew. `replace` leaves no step for the back button. */
export function go(to: string, { replace = false } = {}): void {
  history[replace ? 'replaceState' : 'pushState'](null, '', to)
  dispatchEvent(new Event(movedEvent))
}

const Here = createContext<Place | undefined>(undefined)

/** Which page is shown, and with what in its address. */
export function useHere(): Place {
  const here = useContext(Here)
  if (!here) throw new Error('there is no page around this')
  return here
}

/** Changes what stands behind the `?` of the address, such as a filter; undefined and '' take a name away. */
export function useSearchChange(): (changes: Readonly<Record<string, string | undefined>>) => void {
  const { path, search } = useHere()
  return (changes) => {
    const next = new URLSearchParams(search)
    for (const [name, value] of Object.entries(changes)) {
      if (value) next.set(name, value)
      else next.delete(name)
    }
    go(next.size > 0 ? `${path}?${next}` : path, { replace: true })
  }
}

/** Follows the address: the page that is left stays until the next one's code is there. */
export function Router({ children }: { children: (here: Place | undefined) => ReactNode }) {
  const [here, setHere] = useState(() => placeOf(new URL(location.href)))
  useEffect(() => {
    const follow = () => startTransition(() => setHere(placeOf(new URL(location.href))))
    addEventListener('popstate', follow)
    addEventListener(movedEvent, follow)
    return () => {
      removeEventListener('popstate', follow)
      removeEventListener(movedEvent, follow)
    }
  }, [])
  useArrival(here?.path)
  return <Here value={here}>{children(here)}</Here>
}

/** On another page the focus goes to its heading, so that a screen reader says where it is, and Tab goes on from there. */
function useArrival(path: string | undefined): void {
  const shown = useRef(path)
  useEffect(() => {
    if (shown.current === path) return
    shown.current = path
    scrollTo(0, 0)
    document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true })
  }, [path])
}
