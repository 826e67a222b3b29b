/** The dashboard's pages for who is signed in: the server answers these with it, and each has its line in shell/pages.ts. */
export const pagePaths = [
  '/',
  '/positions',
  '/positions/:id',
  '/trades',
  '/trades/:id',
  '/scores',
  '/alerts',
  '/webhooks',
  '/backtests',
  '/backtests/compare',
  '/backtests/:id',
  '/admin/operations',
  '/admin/halts',
  '/admin/audit',
  '/signals',
  '/accounts',
  '/accounts/new',
  '/settings',
  '/start',
  '/security',
  '/admin/users',
] as const

/** The pages that strangers may open. */
export const openPaths = [
  '/sign-in',
  '/sign-up',
  '/invitation',
  '/forgot-password',
  '/reset-password',
] as const

export type PagePath = (typeof pagePaths | typeof openPaths)[number]
