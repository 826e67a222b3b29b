import { gain, percent, trendOf } from './format.ts'

const trendColours = { up: 'text-up', down: 'text-down', flat: 'text-muted' } as const

interface GainProps {
  readonly value: string | null
  readonly ratio?: number | null
  readonly className?: string
}

/** A signed amount in the colour of its direction, with its percentage. */
export function Gain({ value, ratio, className = '' }: GainProps) {
  if (value === null) return <span className={`text-muted ${className}`}>–</span>
  return (
    <span className={`whitespace-nowrap ${trendColours[trendOf(value)]} ${className}`}>
      {gain(value)}
      {ratio !== undefined && ratio !== null && (
        <span className="ml-1.5 text-[0.8125em] font-normal">{percent(ratio)}</span>
      )}
    </span>
  )
}
