import { SelectField } from '../parts/select-field.tsx'
import { TextField } from '../parts/text-field.tsx'
import { closeReasons, ownSources } from '../parts/words.ts'
import { useHere, useSearchChange } from '../shell/router.tsx'

/** What trades are picked by; each stands in the address under its name, so that a link shows the same trades. */
export const filterNames = ['symbol', 'side', 'source', 'reason', 'from', 'to'] as const

const all = { value: '', name: 'All' }
const sides = [all, { value: 'long', name: 'Long' }, { value: 'short', name: 'Short' }]

/** The filter above the trades. A change takes effect at once. */
export function TradeFilter() {
  const { search } = useHere()
  const change = useSearchChange()
  const tie = (name: (typeof filterNames)[number]) => ({
    value: search.get(name) ?? '',
    onChange: (event: { target: { value: string } }) => change({ [name]: event.target.value }),
  })
  return (
    <search className="grid grid-cols-2 gap-3 rounded-xl border border-line bg-surface p-4 sm:grid-cols-3 xl:grid-cols-6">
      <TextField
        label="Symbol"
        placeholder="BTC/USDT"
        autoComplete="off"
        key={search.get('symbol')}
        defaultValue={search.get('symbol') ?? ''}
        onBlur={(event) => change({ symbol: symbolOf(event.target.value) })}
        onKeyDown={(event) =>
          event.key === 'Enter' && change({ symbol: symbolOf(event.currentTarget.value) })
        }
      />
      <SelectField label="Side" options={sides} {...tie('side')} />
      <SelectField label="Source" options={[all, ...ownSources]} {...tie('source')} />
      <SelectField label="Closed by" options={[all, ...closeReasons]} {...tie('reason')} />
      <TextField label="From" type="date" max={search.get('to') ?? undefined} {...tie('from')} />
      <TextField label="To" type="date" min={search.get('from') ?? undefined} {...tie('to')} />
    </search>
  )
}

/** 'btc' and 'btcusdt' mean BTC/USDT, as most markets are against it. */
function symbolOf(text: string): string {
  const written = text.trim().toUpperCase()
  if (written === '' || written.includes('/')) return written
  return written.endsWith('USDT') && written.length > 4 ? `${written.slice(0, -4)}/USDT` : `${written}/USDT`
}
