/** Outlines on a field of 20 by 20. */
const outlines = {
  overview: 'M3 10.5 10 4l7 6.5M5 9v7.5h3.8v-4.3h2.4v4.3H15V9',
  positions: 'M3 16.5h14M5.5 13V8.5M10 13V4M14.5 13v-6.5',
  trades: 'M4 7h11m-3-3 3 3-3 3M16 13H5m3-3-3 3 3 3',
  signals:
    'M10 11.2a1.2 1.2 0 1 0 0-2.4 1.2 1.2 0 0 0 0 2.4ZM6.6 13.4a4.8 4.8 0 0 1 0-6.8m6.8 0a4.8 4.8 0 0 1 0 6.8M4.2 15.8a8.2 8.2 0 0 1 0-11.6m11.6 0a8.2 8.2 0 0 1 0 11.6',
  backtests: 'M3.5 5v4h4M3.8 9a6.5 6.5 0 1 1-.3 2.5M10 6.5V10l2.5 1.8',
  accounts: 'M3.5 6.5h13v10h-13zM3.5 6.5 13 3.5v3M13.5 11.5h.1',
  settings:
    'M4 6h7m3.5 0H16M4 14h1.5M9 14h7M12.7 7.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6ZM7.3 15.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Z',
  alerts: 'M5 13.5V9a5 5 0 0 1 10 0v4.5l1.2 1.5H3.8L5 13.5ZM8.5 17.2h3',
  webhooks:
    'M8 9.5 5.6 13.8M12 9.5 9.7 5.7M7.5 14.5h5M10 6.4a1.9 1.9 0 1 0 0-3.8 1.9 1.9 0 0 0 0 3.8ZM5.3 16.7a1.9 1.9 0 1 0 0-3.8 1.9 1.9 0 0 0 0 3.8ZM14.7 16.7a1.9 1.9 0 1 0 0-3.8 1.9 1.9 0 0 0 0 3.8Z',
  scores: 'M10 16.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM10 13a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM10 10h.1',
  security: 'M10 2.8 16 5v4.6c0 3.7-2.4 6.2-6 7.6-3.6-1.4-6-3.9-6-7.6V5l6-2.2ZM7.5 10l1.8 1.8 3.3-3.6',
  operations: 'M3.5 4h13v4.5h-13zM3.5 11.5h13V16h-13zM6 6.2h.1M6 13.7h.1',
  users:
    'M7.5 9.5a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM2.8 16c.4-2.7 2.2-4.3 4.7-4.3s4.3 1.6 4.7 4.3M13 4.3a2.6 2.6 0 0 1 0 4.9M14.3 12c1.6.5 2.6 1.9 2.9 4',
  halts: 'M7 2.8h6L17.2 7v6L13 17.2H7L2.8 13V7L7 2.8ZM10 6.5v4.3M10 13.5v.1',
  audit: 'M5 2.8h7l3.5 3.5v11H5zM12 2.8v3.5h3.5M7.5 10h5.5M7.5 13.2h5.5',
  more: 'M4.5 10h.1M10 10h.1M15.5 10h.1',
} as const

export type IconName = keyof typeof outlines

/** The picture of a page in the navigation. */
export function NavIcon({ name }: { name: IconName }) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 20 20"
      className="size-5 shrink-0"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <path d={outlines[name]} />
    </svg>
  )
}
