import { Button } from '../parts/button.tsx'
import { inputLook } from '../parts/field.tsx'

type Level = readonly [profit: number, share: number]

interface LevelsFieldProps {
  readonly value: readonly Level[]
  readonly onChange: (value: readonly Level[]) => void
  readonly error: string | undefined
}

/** Up to three targets, each with the share of what is left that is sold there, and what remains at the end. */
export function LevelsField({ value, onChange, error }: LevelsFieldProps) {
  const change = (at: number, level: Level) =>
    onChange(value.map((each, index) => (index === at ? level : each)))
  const left = value.reduce((rest, [, share]) => rest * (1 - share), 1)
  const fault = error ?? faultIn(value)
  return (
    <div className="mt-2 space-y-2">
      {value.map(([profit, share], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a level's place is its identity
        <div key={index} className="flex flex-wrap items-center gap-2 text-sm">
          <span className="text-muted sm:w-16">at +</span>
          <input
            aria-label={`Profit of level ${index + 1}, in %`}
            type="number"
            step="any"
            min={0.01}
            value={profit}
            onChange={(event) => change(index, [event.target.valueAsNumber, share])}
            className={`${inputLook} max-w-20 tabular-nums`}
          />
          <span className="text-muted">% sell</span>
          <input
            aria-label={`Share sold at level ${index + 1}, in %`}
            type="number"
            step="any"
            min={1}
            max={100}
            value={Number((share * 100).toFixed(4))}
            onChange={(event) =>
              change(index, [profit, Number((event.target.valueAsNumber / 100).toFixed(6))])
            }
            className={`${inputLook} max-w-20 tabular-nums`}
          />
          <span className="text-muted">% of the rest</span>
          <Button
            look="quiet"
            aria-label={`Remove level ${index + 1}`}
            onClick={() => onChange(value.filter((_, each) => each !== index))}
          >
            Remove
          </Button>
        </div>
      ))}
      <div className="flex flex-wrap items-center gap-3">
        {value.length < 3 && (
          <Button onClick={() => onChange([...value, [(value.at(-1)?.[0] ?? 0) + 1, 0.5]])}>
            Add a level
          </Button>
        )}
        <p className="text-xs text-muted">
          {Number((left * 100).toFixed(2))} % of the position is left after them.
        </p>
      </div>
      {fault && (
        <p role="alert" className="text-xs font-medium text-down">
          {fault}
        </p>
      )}
    </div>
  )
}

function faultIn(levels: readonly Level[]): string | undefined {
  const isRising = levels.every(([profit], index) => index === 0 || profit > (levels[index - 1]?.[0] ?? 0))
  if (!isRising) return 'Profits must rise from level to level.'
  return levels.every(([profit, share]) => profit > 0 && share > 0 && share <= 1)
    ? undefined
    : 'Each level needs a profit above 0 and a share of 1 to 100 %.'
}
