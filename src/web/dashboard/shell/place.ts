import type { PagePath } from '../../paths.ts'
import { pages } from './pages.ts'

/** Where the browser is: which page, and with what in its address. */
export interface Place {
  readonly page: PagePath
  /** The path as it stands in the address: '/trades/7d0f…'. */
  readonly path: string
  /** What stands for the page's `:names`. */
  readonly params: Readonly<Record<string, string>>
  readonly search: URLSearchParams
}

/** The page an address leads to; undefined when it is none of the dashboard's. */
export function placeOf(url: URL): Place | undefined {
  for (const page of Object.keys(pages) as PagePath[]) {
    const params = match(page, url.pathname)
    if (params) return { page, path: url.pathname, params, search: url.searchParams }
  }
  return undefined
}

/** The values of a pattern's `:names` in a path, or undefined when the path is another. */
function match(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/')
  const given = path.split('/')
  if (wanted.length !== given.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? ''
    if (part.startsWith(':') && value !== '') params[part.slice(1)] = decodeURIComponent(value)
    else if (part !== value) return undefined
  }
  return params
}
