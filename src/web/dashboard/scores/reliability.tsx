import type { SourceScores } from '../../api/scores.ts'
import { share } from '../parts/format.ts'

const box = { width: 320, height: 220, left: 38, right: 20, top: 10, bottom: 30 }
const marks = [0, 0.25, 0.5, 0.75, 1]

const x = (value: number) => box.left + value * (box.width - box.left - box.right)
const y = (value: number) => box.height - box.bottom - value * (box.height - box.top - box.bottom)

/** How often signals were right against how sure they were, with 95 % intervals; on the dashed line they are the same. */
export function Reliability({ tenths }: Pick<SourceScores, 'tenths'>) {
  const most = Math.max(1, ...tenths.map(({ samples }) => samples))
  return (
    <svg viewBox={`0 0 ${box.width} ${box.height}`} aria-hidden="true" className="w-full max-w-md">
      {marks.map((mark) => (
        <g key={mark} className="text-muted">
          <line x1={x(0)} x2={x(1)} y1={y(mark)} y2={y(mark)} stroke="currentColor" opacity="0.18" />
          <text x={x(0) - 6} y={y(mark) + 3.5} textAnchor="end" fontSize="10" fill="currentColor">
            {share(mark)}
          </text>
          <text x={x(mark)} y={box.height - 14} textAnchor="middle" fontSize="10" fill="currentColor">
            {share(mark)}
          </text>
        </g>
      ))}
      <text x={x(0.5)} y={box.height - 2} textAnchor="middle" fontSize="10" className="fill-muted">
        confidence
      </text>
      <g className="text-muted">
        <line x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} stroke="currentColor" strokeDasharray="4 4" />
      </g>
      <g className="text-accent">
        {tenths.map(({ from, confidence, hitRate, low, high, samples }) => (
          <g key={from}>
            <line
              x1={x(confidence)}
              x2={x(confidence)}
              y1={y(low)}
              y2={y(high)}
              stroke="currentColor"
              strokeWidth="2"
              opacity="0.55"
            />
            <circle
              cx={x(confidence)}
              cy={y(hitRate)}
              r={3 + 4 * Math.sqrt(samples / most)}
              fill="currentColor"
            />
          </g>
        ))}
      </g>
    </svg>
  )
}
