import type { Decision } from '../../api/decisions.ts'
import { fullTime, span } from './format.ts'
import { Check, Cross } from './icons.tsx'
import { sentence } from './words.ts'

/** Every check of a decision with the numbers it looked at. */
export function DecisionSteps({ steps }: Pick<Decision, 'steps'>) {
  return (
    <ol className="space-y-2.5">
      {steps.map((step, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a step's place is its identity
        <Step key={index} step={step} />
      ))}
    </ol>
  )
}

function Step({ step }: { step: Decision['steps'][number] }) {
  const numbers = Object.entries(step.numbers)
  return (
    <li className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-2.5 text-[0.8125rem]">
      <span className={`mt-0.5 ${step.passed ? 'text-up' : 'text-down'}`}>
        {step.passed ? <Check className="size-3.5" /> : <Cross className="size-3.5" />}
        <span className="sr-only">{step.passed ? 'passed' : 'refused'}</span>
      </span>
      <div>
        <p>
          <span className="font-medium">{sentence(step.name)}</span>
          {step.reason && <span className="text-muted"> · {step.reason}</span>}
        </p>
        {numbers.length > 0 && (
          <dl className="mt-1 flex flex-wrap gap-x-4 gap-y-0.5 text-xs">
            {numbers.map(([name, value]) => (
              <div key={name} className="flex gap-1.5">
                <dt className="text-muted">{sentence(name.replace(/Ms$/, ''))}</dt>
                <dd className="font-medium">{shown(name, value)}</dd>
              </div>
            ))}
          </dl>
        )}
      </div>
    </li>
  )
}

/** A moment as a date, a span in its units, a number at four significant digits and a yes or no as such. */
function shown(name: string, value: Decision['steps'][number]['numbers'][string]): string {
  if (value === null) return '–'
  if (typeof value === 'number' && /(^at|At|until)Ms$/.test(name)) return fullTime(value)
  if (typeof value === 'number' && name.endsWith('Ms')) return span(value)
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number')
    return value.toLocaleString(
      'en-US',
      Math.abs(value) >= 1_000 ? { maximumFractionDigits: 2 } : { maximumSignificantDigits: 4 },
    )
  return value
}
