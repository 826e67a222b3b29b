import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { queries } from './shell/api.ts'
import { Router } from './shell/router.tsx'
import { ShownPage } from './shell/shown-page.tsx'
import { applyTheme } from './shell/theme.ts'

const root = document.getElementById('root')
if (!root) throw new Error('the page has no root')

applyTheme()
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <Router>{(here) => <ShownPage here={here} />}</Router>
    </QueryClientProvider>
  </StrictMode>,
)
