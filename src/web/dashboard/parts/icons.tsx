import type { ReactNode } from 'react'

function Icon({ children, className = 'size-4' }: { children: ReactNode; className?: string }) {
  return (
    <svg
      aria-hidden="true"
      viewBox="0 0 16 16"
      className={`${className} shrink-0`}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      {children}
    </svg>
  )
}

type Size = { className?: string }

export const Check = (size: Size) => (
  <Icon {...size}>
    <path d="m3.5 8.5 3 3 6-7" />
  </Icon>
)
export const Cross = (size: Size) => (
  <Icon {...size}>
    <path d="m4.5 4.5 7 7m0-7-7 7" />
  </Icon>
)
export const Chevron = (size: Size) => (
  <Icon {...size}>
    <path d="m6 4 4 4-4 4" />
  </Icon>
)
export const Shield = (size: Size) => (
  <Icon {...size}>
    <path d="M8 1.8 13 3.6v4c0 3.1-2 5.4-5 6.6-3-1.2-5-3.5-5-6.6v-4L8 1.8Z" />
    <path d="m5.9 8 1.5 1.5 2.8-3" />
  </Icon>
)
export const ShieldAlert = (size: Size) => (
  <Icon {...size}>
    <path d="M8 1.8 13 3.6v4c0 3.1-2 5.4-5 6.6-3-1.2-5-3.5-5-6.6v-4L8 1.8Z" />
    <path d="M8 5.2v3M8 10.6v.1" />
  </Icon>
)
export const Hourglass = (size: Size) => (
  <Icon {...size}>
    <circle cx="8" cy="8" r="5.7" />
    <path d="M8 4.8V8l2.2 1.4" />
  </Icon>
)
export const Hand = (size: Size) => (
  <Icon {...size}>
    <circle cx="8" cy="8" r="5.7" />
    <path d="M6.4 6v4M9.6 6v4" />
  </Icon>
)
export const Play = (size: Size) => (
  <Icon {...size}>
    <path d="M5.5 3.8v8.4l6.6-4.2-6.6-4.2Z" />
  </Icon>
)

/** The mark: a pen with cattle's horns. */
export function Mark() {
  return (
    <svg aria-hidden="true" viewBox="0 0 32 32" className="size-7 shrink-0">
      <rect width="32" height="32" rx="8" className="fill-accent-solid" />
      <path
        d="M7 9v5.5a9 9 0 0 0 18 0V9M12 22v2.5M16 23.5V26M20 22v2.5"
        fill="none"
        stroke="#fff"
        strokeWidth="2.6"
        strokeLinecap="round"
      />
    </svg>
  )
}
