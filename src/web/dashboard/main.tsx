import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { queries } from './api.ts'
import { OverviewPage } from './overview.tsx'
import { SignInPage } from './sign-in.tsx'

const root = document.getElementById('root')
if (!root) throw new Error('the page has no root')

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      {location.pathname === '/sign-in' ? <SignInPage /> : <OverviewPage />}
    </QueryClientProvider>
  </StrictMode>,
)
