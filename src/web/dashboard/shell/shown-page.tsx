import { type ComponentType, type LazyExoticComponent, lazy, Suspense } from 'react'
import type { PagePath } from '../../paths.ts'
import { Boundary } from './boundary.tsx'
import { Frame } from './frame.tsx'
import { pages } from './pages.ts'
import type { Place } from './place.ts'

const components = Object.fromEntries(
  Object.entries(pages).map(([path, page]) => [path, lazy(page.load)]),
) as Record<PagePath, LazyExoticComponent<ComponentType>>

/** The page an address leads to, in its frame. The server answers addresses that are none. */
export function ShownPage({ here }: { here: Place | undefined }) {
  if (!here) return null
  const Page = components[here.page]
  const page = (
    <Boundary key={here.path}>
      <Page />
    </Boundary>
  )
  return pages[here.page].isBare ? <Suspense>{page}</Suspense> : <Frame>{page}</Frame>
}
