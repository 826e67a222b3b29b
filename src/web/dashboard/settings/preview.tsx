import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import type { EntryOutcome, SettingsPreview } from '../../api/settings-preview.ts'
import { Chip } from '../parts/chip.tsx'
import { Empty } from '../parts/empty.tsx'
import { Failure } from '../parts/failure.tsx'
import { ago, money, plainPercent, price, quantity, share } from '../parts/format.ts'
import { ModeChip } from '../parts/mode-chip.tsx'
import { Panel } from '../parts/panel.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { sentence, sourceName } from '../parts/words.ts'
import { send } from '../shell/api.ts'

interface PreviewProps {
  /** Of one account; '' for all. */
  readonly account: string
  /** Undefined while something in the draft cannot be sent. */
  readonly edit: object | undefined
  readonly hasChanges: boolean
}

/** How long somebody may go on typing before the question is sent. */
const pauseMs = 250

/** What the change does to the next order of each account. */
export function Preview({ account, edit, hasChanges }: PreviewProps) {
  const asked = useLater(edit ? JSON.stringify(edit) : undefined)
  const preview = useQuery({
    queryKey: ['settings', 'preview', account, asked],
    queryFn: () =>
      send<SettingsPreview>(
        `/settings/preview${account ? `?account=${account}` : ''}`,
        JSON.parse(asked ?? '{}'),
      ),
    enabled: asked !== undefined,
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  })
  return (
    <Panel
      title="The next order"
      aside={hasChanges && <Chip tone="accent">{edit ? 'as it would be' : 'mend what is red first'}</Chip>}
    >
      <div aria-live="polite" className="border-t border-line">
        {preview.error && <Failure error={preview.error} />}
        {!preview.data && !preview.error && <Waiting rows={3} />}
        {preview.data?.accounts.length === 0 && (
          <Empty title="No account yet">
            With an account, what a change does to its next order stands here.
          </Empty>
        )}
        <div className="divide-y divide-line">
          {preview.data?.accounts.map((one) => (
            <AccountPreview key={one.accountId} preview={one} hasChanges={hasChanges} />
          ))}
        </div>
      </div>
    </Panel>
  )
}

type OfAccount = SettingsPreview['accounts'][number]

function AccountPreview({ preview, hasChanges }: { preview: OfAccount; hasChanges: boolean }) {
  const { name, mode, quote, example, before, after, warnings } = preview
  return (
    <section aria-label={name} className="px-4 py-3">
      <h3 className="flex items-center gap-2 text-sm font-semibold">
        {name} <ModeChip mode={mode} />
      </h3>
      {example === null || after === null || before === null ? (
        <p className="mt-1 text-sm text-muted">
          It has not looked at an entry yet. The first look follows the first signal, usually within a minute.
        </p>
      ) : (
        <>
          <p className="mt-0.5 text-xs text-muted">
            {example.side === 'long' ? 'Buying' : 'Selling'} {example.symbol} at {price(example.price)}, as it
            was looked at {ago(Date.now() - Date.parse(example.at))}: {sourceName(example.source)},{' '}
            {share(example.confidence)} sure.
          </p>
          <Comparison before={before} after={after} quote={quote} hasChanges={hasChanges} />
          <Refusals refusals={after.refusals} />
        </>
      )}
      {warnings.length > 0 && (
        <ul aria-label="Warnings" className="mt-2 space-y-1">
          {warnings.map(({ setting, text }) => (
            <li key={setting} className="rounded-lg bg-warn-soft px-3 py-2 text-xs font-medium text-warn">
              {text}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

interface ComparisonProps {
  readonly before: EntryOutcome
  readonly after: EntryOutcome
  readonly quote: string
  readonly hasChanges: boolean
}

function Comparison({ before, after, quote, hasChanges }: ComparisonProps) {
  const rows: readonly [string, (outcome: EntryOutcome) => string][] = [
    ['Size', ({ notional }) => `${money(notional)} ${quote}`],
    ['Quantity', (outcome) => quantity(outcome.quantity)],
    ['Loss at the stop', ({ risk }) => `${money(risk)} ${quote}`],
    ['of the account', ({ riskRatio }) => plainPercent(riskRatio)],
    ['Stop', ({ stopLoss }) => (stopLoss === null ? 'none' : price(stopLoss))],
    ['Target', ({ takeProfit }) => (takeProfit === null ? 'none' : price(takeProfit))],
    ['Leverage', ({ leverage }) => `${Number(leverage.toFixed(2))}×`],
    ['Margin', ({ margin }) => `${money(margin)} ${quote}`],
    ['Held down by', ({ heldDownBy }) => heldDownBy.map(limitName).join(', ') || 'nothing'],
  ]
  return (
    <table className="mt-2 w-full text-[0.8125rem] tabular-nums">
      <thead className={hasChanges ? 'text-xs text-muted' : 'sr-only'}>
        <tr>
          <th scope="col" className="text-left font-medium">
            <span className="sr-only">What</span>
          </th>
          {hasChanges && (
            <th scope="col" className="text-right font-medium">
              Now
            </th>
          )}
          <th scope="col" className="text-right font-medium">
            {hasChanges ? 'Then' : 'Now'}
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, of]) => {
          const isOther = hasChanges && of(before) !== of(after)
          return (
            <tr key={name} className="align-baseline">
              <th scope="row" className="py-0.5 pr-2 text-left font-normal text-muted">
                {name}
              </th>
              {hasChanges && <td className="py-0.5 pr-2 text-right text-muted">{of(before)}</td>}
              <td className={`py-0.5 text-right font-medium ${isOther ? 'text-accent' : ''}`}>
                {isOther && <span className="sr-only">changed: </span>}
                {of(after)}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

function Refusals({ refusals }: Pick<EntryOutcome, 'refusals'>) {
  if (refusals.length === 0) return null
  return (
    <div className="mt-2 rounded-lg bg-raised px-3 py-2 text-xs">
      <p className="font-medium">As things stand it would not be taken:</p>
      <ul className="text-muted">
        {refusals.map(({ rule, reason }) => (
          <li key={rule}>{reason}</li>
        ))}
      </ul>
    </div>
  )
}

const limits: Readonly<Record<string, string>> = {
  max_position: 'largest position',
  quarter_of_balance: 'a quarter of the account',
  half_kelly: 'half-Kelly',
  tier_risk: 'the risk tier',
  portfolio_heat: 'the sum of open risk',
  free_margin: 'free money',
  stable_reserve: 'the reserve',
  correlation: 'correlation',
}

function limitName(name: string): string {
  return limits[name] ?? sentence(name).toLowerCase()
}

/** A text as it was once nobody has changed it for a moment; the first at once. */
function useLater(text: string | undefined): string | undefined {
  const [later, setLater] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setLater(text), pauseMs)
    return () => clearTimeout(timer)
  }, [text])
  return later
}
