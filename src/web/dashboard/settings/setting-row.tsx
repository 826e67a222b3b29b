import type { Settings } from '../../api/settings.ts'
import {
  type Draft,
  type Field,
  faultIn,
  isOwnUnder,
  read,
  valueUnder,
  withInherited,
  withValue,
} from './draft.ts'
import { LevelsField } from './levels-field.tsx'
import { ProtectionsField } from './protections-field.tsx'
import { SourcesField } from './sources-field.tsx'
import { SymbolsField } from './symbols-field.tsx'
import { inWords, ValueField } from './value-field.tsx'

interface SettingRowProps {
  readonly field: Field
  readonly settings: Settings
  readonly draft: Draft
  readonly onChange: (draft: Draft) => void
  /** What the server says of it. */
  readonly error: string | undefined
}

/** One setting: what it means, what it is, where that comes from, and a way back to what is inherited. */
export function SettingRow({ field, settings, draft, onChange, error }: SettingRowProps) {
  const { name, title, description } = field
  const value = valueUnder(draft, settings, name)
  const isOwn = isOwnUnder(draft, settings, name)
  const isChanged = Object.hasOwn(draft.set, name) || draft.unset.includes(name)
  const inherited = read(settings.inherited, name)
  const warning = settings.warnings.find(({ setting }) => setting === name)
  const set = (next: unknown) => onChange(withValue(draft, name, next, read(settings.effective, name)))
  const fault = Object.hasOwn(draft.set, name) ? (faultIn(field, value) ?? error) : error
  return (
    <div className={`px-4 py-3 ${isChanged ? 'bg-accent-soft/40' : ''}`}>
      <div className="grid gap-x-6 gap-y-2 sm:grid-cols-[minmax(0,1fr)_minmax(12rem,16rem)]">
        <div className="min-w-0">
          <p id={`${name}-title`} className="text-sm font-medium">
            {title}
          </p>
          <p id={`${name}-text`} className="text-xs text-muted">
            {description}
          </p>
        </div>
        {isWide(name) ? null : <ValueField field={field} value={value} onChange={set} error={fault} />}
      </div>
      {name === 'partial_tp_levels' && <LevelsField value={value as never} onChange={set} error={fault} />}
      {name === 'sources' && <SourcesField value={value as never} onChange={set} error={fault} />}
      {name === 'symbols' && <SymbolsField value={value as never} onChange={set} error={fault} />}
      {name === 'protections' && <ProtectionsField value={value as never} onChange={set} error={fault} />}
      {warning && !isChanged && <p className="mt-2 text-xs font-medium text-warn">{warning.text}</p>}
      {isOwn && (
        <p className="mt-1.5 text-xs text-muted">
          Set here.{' '}
          <button
            type="button"
            onClick={() => onChange(withInherited(draft, name, read(settings.own, name) !== undefined))}
            className="text-accent underline underline-offset-2"
          >
            Back to {isWide(name) ? 'what is inherited' : inWords(field, inherited)}
            <span className="sr-only"> for {title}</span>
          </button>
        </p>
      )}
    </div>
  )
}

/** Settings whose form takes the whole width. */
function isWide(name: string): boolean {
  return ['partial_tp_levels', 'sources', 'symbols', 'protections'].includes(name)
}
