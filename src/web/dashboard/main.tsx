import { QueryClientProvider } from '@tanstack/react-query'
import { type ReactNode, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { queries } from './api.ts'
import { OverviewPage } from './overview.tsx'
import { ScoresPage } from './scores.tsx'
import { SignInPage } from './sign-in.tsx'
import { WebhooksPage } from './webhooks.tsx'

const root = document.getElementById('root')
if (!root) throw new Error('the page has no root')

const pages: Readonly<Record<string, () => ReactNode>> = {
  '/sign-in': SignInPage,
  '/scores': ScoresPage,
  '/webhooks': WebhooksPage,
}
const Page = pages[location.pathname] ?? OverviewPage

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <Page />
    </QueryClientProvider>
  </StrictMode>,
)
