import type { ComponentType } from 'react'
import type { PagePath } from '../../paths.ts'
import type { IconName } from '../parts/nav-icon.tsx'

/** One page: how it is called, where the navigation shows it, and its code, which is loaded when it is first opened. */
export interface Page {
  readonly title: string
  readonly load: () => Promise<{ default: ComponentType }>
  /** The group of the navigation it stands in; pages without one are reached from others. */
  readonly place?: 'trader' | 'admin'
  readonly icon?: IconName
  /** One of the five that stand at the bottom of a phone. */
  readonly isFrequent?: boolean
  /** Stands alone, without header and navigation. */
  readonly isBare?: boolean
}

/** Every page, in the order of the navigation. A page is a line here and its path in src/web/paths.ts. */
export const pages: Readonly<Record<PagePath, Page>> = {
  '/': {
    title: 'Overview',
    place: 'trader',
    icon: 'overview',
    isFrequent: true,
    load: () => import('../overview/overview.tsx'),
  },
  '/positions': {
    title: 'Positions',
    place: 'trader',
    icon: 'positions',
    isFrequent: true,
    load: () => import('../positions/positions.tsx'),
  },
  '/positions/:id': { title: 'Position', load: () => import('../positions/position.tsx') },
  '/trades': {
    title: 'Trades',
    place: 'trader',
    icon: 'trades',
    isFrequent: true,
    load: () => import('../trades/trades.tsx'),
  },
  '/trades/:id': { title: 'Trade', load: () => import('../trades/trade.tsx') },
  '/signals': {
    title: 'Signals',
    place: 'trader',
    icon: 'signals',
    isFrequent: true,
    load: () => import('../signals/signals.tsx'),
  },
  '/alerts': {
    title: 'Alerts',
    place: 'trader',
    icon: 'alerts',
    isFrequent: true,
    load: () => import('../alerts/alerts.tsx'),
  },
  '/backtests': {
    title: 'Backtests',
    place: 'trader',
    icon: 'backtests',
    load: () => import('../backtests/backtests.tsx'),
  },
  '/backtests/compare': { title: 'Compare backtests', load: () => import('../backtests/compare.tsx') },
  '/backtests/:id': { title: 'Backtest', load: () => import('../backtests/run.tsx') },
  '/accounts': {
    title: 'Accounts',
    place: 'trader',
    icon: 'accounts',
    load: () => import('../accounts/accounts.tsx'),
  },
  '/accounts/new': { title: 'Connect an account', load: () => import('../accounts/connect.tsx') },
  '/settings': {
    title: 'Settings',
    place: 'trader',
    icon: 'settings',
    load: () => import('../settings/settings.tsx'),
  },
  '/start': { title: 'Start', load: () => import('../start/start.tsx') },
  '/scores': {
    title: 'Scores',
    place: 'trader',
    icon: 'scores',
    load: () => import('../scores/scores.tsx'),
  },
  '/webhooks': {
    title: 'Webhooks',
    place: 'trader',
    icon: 'webhooks',
    load: () => import('../webhooks/webhooks.tsx'),
  },
  '/security': {
    title: 'Security',
    place: 'trader',
    icon: 'security',
    load: () => import('../security/security.tsx'),
  },
  '/admin/operations': {
    title: 'Operations',
    place: 'admin',
    icon: 'operations',
    load: () => import('../admin/operations.tsx'),
  },
  '/admin/halts': {
    title: 'Halts',
    place: 'admin',
    icon: 'halts',
    load: () => import('../admin/halts.tsx'),
  },
  '/admin/audit': {
    title: 'Audit log',
    place: 'admin',
    icon: 'audit',
    load: () => import('../admin/audit.tsx'),
  },
  '/admin/users': {
    title: 'Users',
    place: 'admin',
    icon: 'users',
    load: () => import('../admin/users.tsx'),
  },
  '/sign-in': { title: 'Sign in', isBare: true, load: () => import('../sign-in/sign-in.tsx') },
  '/sign-up': { title: 'Make an account', isBare: true, load: () => import('../sign-in/sign-up.tsx') },
  '/invitation': { title: 'Invitation', isBare: true, load: () => import('../sign-in/invitation.tsx') },
  '/forgot-password': {
    title: 'Password lost',
    isBare: true,
    load: () => import('../sign-in/forgot-password.tsx'),
  },
  '/reset-password': {
    title: 'New password',
    isBare: true,
    load: () => import('../sign-in/reset-password.tsx'),
  },
}
