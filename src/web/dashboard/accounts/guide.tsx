import type { ReactNode } from 'react'
import { Check, Cross } from '../parts/icons.tsx'
import { guideOf, testnetPlaces } from './guides.ts'

interface GuideProps {
  readonly exchange: string
  readonly market: string
  readonly mode: 'testnet' | 'live'
}

/** How a key is made at the exchange: where to click, what to tick, what binding it to addresses means. */
export function Guide({ exchange, market, mode }: GuideProps) {
  const guide = guideOf(exchange)
  const place = testnetPlaces[`${exchange} ${market}`]
  return (
    <div className="space-y-3 text-sm">
      {mode === 'testnet' && place ? (
        <p className="rounded-lg bg-accent-soft px-3 py-2 text-accent">{place}</p>
      ) : (
        <ol className="list-decimal space-y-1 pl-5">
          {guide.steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      )}
      <Ticks title="Tick" items={guide.allow} icon={<Check className="mt-0.5 size-4 text-up" />} />
      <Ticks title="Leave alone" items={guide.leave} icon={<Cross className="mt-0.5 size-4 text-down" />} />
      <p className="text-xs text-muted">{guide.addresses}</p>
    </div>
  )
}

function Ticks({ title, items, icon }: { title: string; items: readonly string[]; icon: ReactNode }) {
  return (
    <div>
      <h3 className="text-xs font-semibold text-muted">{title}</h3>
      <ul className="mt-1 space-y-1">
        {items.map((item) => (
          <li key={item} className="flex items-start gap-2">
            {icon}
            {item}
          </li>
        ))}
      </ul>
    </div>
  )
}
