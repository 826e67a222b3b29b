import type { Settings } from '../../api/settings.ts'
import { inputLook } from '../parts/field.tsx'

type Protections = Settings['effective']['protections']
type Name = keyof Protections

interface ProtectionsFieldProps {
  readonly value: Protections
  readonly onChange: (value: Protections) => void
  readonly error: string | undefined
}

interface Words {
  readonly title: string
  readonly text: string
  readonly standard: Readonly<Record<string, number>>
  readonly numbers: Readonly<Record<string, string>>
}

const words: Readonly<Record<Name, Words>> = {
  cooldown: {
    title: 'Cooldown',
    text: 'After a trade of a symbol, that symbol is left alone.',
    standard: { minutes: 15 },
    numbers: { minutes: 'minutes' },
  },
  stoploss_guard: {
    title: 'Stop-loss guard',
    text: 'After so many stop losses within a while, no entries.',
    standard: { stops: 4, lookback_hours: 24, pause_hours: 4 },
    numbers: { stops: 'stops', lookback_hours: 'within hours', pause_hours: 'pause, hours' },
  },
  max_drawdown: {
    title: 'Largest drawdown',
    text: 'When equity has fallen this far from its top, no entries.',
    standard: { drawdown_pct: 15, lookback_days: 7, pause_hours: 24 },
    numbers: { drawdown_pct: 'fall, %', lookback_days: 'within days', pause_hours: 'pause, hours' },
  },
  low_profit_pairs: {
    title: 'Low-profit pairs',
    text: 'A symbol that earned less than this over some trades is left alone.',
    standard: { min_profit_pct: 0, min_trades: 4, lookback_hours: 48, pause_hours: 24 },
    numbers: {
      min_profit_pct: 'least, %',
      min_trades: 'trades',
      lookback_hours: 'within hours',
      pause_hours: 'pause, hours',
    },
  },
}

/** The pauses after losses, each on or off with its numbers. */
export function ProtectionsField({ value, onChange, error }: ProtectionsFieldProps) {
  const change = (name: Name, next: object | null) => onChange({ ...value, [name]: next })
  return (
    <div className="mt-2 space-y-3">
      {(Object.keys(words) as Name[]).map((name) => {
        const { title, text, standard, numbers } = words[name]
        const set = value[name] as Readonly<Record<string, number>> | null
        return (
          <fieldset key={name} className="rounded-lg border border-line p-3">
            <legend className="px-1 text-sm font-medium">{title}</legend>
            <label className="flex items-start gap-2 text-sm">
              <input
                type="checkbox"
                aria-label={`${title}: on`}
                checked={set !== null}
                onChange={(event) => change(name, event.target.checked ? standard : null)}
                className="mt-0.5 size-4 shrink-0"
              />
              <span className="text-xs text-muted">{text}</span>
            </label>
            {set && (
              <div className="mt-2 flex flex-wrap gap-3">
                {Object.entries(numbers).map(([key, label]) => (
                  <label key={key} className="text-xs text-muted">
                    {label}
                    <input
                      type="number"
                      step="any"
                      value={set[key]}
                      onChange={(event) => change(name, { ...set, [key]: event.target.valueAsNumber })}
                      className={`${inputLook} mt-0.5 max-w-28 text-text tabular-nums`}
                    />
                  </label>
                ))}
              </div>
            )}
          </fieldset>
        )
      })}
      {error && (
        <p role="alert" className="text-xs font-medium text-down">
          {error}
        </p>
      )}
    </div>
  )
}
