import type { ButtonHTMLAttributes } from 'react'

const looks = {
  plain: 'border border-line hover:bg-raised',
  primary: 'bg-accent-solid text-white hover:brightness-110',
  danger: 'bg-down-solid text-white hover:brightness-110',
  quiet: 'text-muted hover:bg-raised hover:text-text',
} as const

/** The class of what looks like a button, links included. */
export function buttonLook(look: keyof typeof looks): string {
  return `inline-flex min-h-10 items-center justify-center gap-1.5 rounded-lg px-3.5 text-sm font-medium whitespace-nowrap ${looks[look]}`
}

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly look?: keyof typeof looks
}

/** A button; one that submits says so with `type`. */
export function Button({ look = 'plain', type = 'button', className = '', ...rest }: ButtonProps) {
  return <button type={type} className={`${buttonLook(look)} ${className}`} {...rest} />
}
