import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { Settings, SettingsForm } from '../../api/settings.ts'
import { Button } from '../parts/button.tsx'
import { Failure } from '../parts/failure.tsx'
import { Panel } from '../parts/panel.tsx'
import { ApiProblem, queries, send } from '../shell/api.ts'
import { toast } from '../shell/toasts.tsx'
import { changesIn, type Draft, editOf, noChange } from './draft.ts'
import { groups } from './groups.ts'
import { Preview } from './preview.tsx'
import { SettingRow } from './setting-row.tsx'

interface SettingsEditorProps {
  readonly form: SettingsForm
  readonly settings: Settings
  /** Of one account; '' for all. */
  readonly account: string
}

/** Every setting, and beside it what a change does to the next order. */
export function SettingsEditor({ form, settings, account }: SettingsEditorProps) {
  const [draft, setDraft] = useState<Draft>(noChange)
  const edit = editOf(draft, form.fields)
  const count = changesIn(draft)
  const query = account ? `?account=${account}` : ''
  const key = ['settings', account]
  const save = useMutation({
    mutationFn: () => send<Settings>(`/settings${query}`, { ...edit, version: settings.version }, 'PATCH'),
    onSuccess(saved) {
      queries.setQueryData(key, saved)
      void queries.invalidateQueries({ queryKey: ['settings'] })
      setDraft(noChange)
      toast('Saved. It holds from the next decision on.')
    },
  })
  const isOutdated = save.error instanceof ApiProblem && save.error.code === 'changed-meanwhile'
  const errors = save.error instanceof ApiProblem ? save.error.errors : {}
  return (
    <div className="grid items-start gap-3 sm:gap-4 xl:grid-cols-[minmax(0,1fr)_26rem]">
      <div className="order-last space-y-3 sm:space-y-4 xl:order-none">
        {groups.map(({ id, title, text, names }) => (
          <div key={id} id={id} className="scroll-mt-20">
            <Panel title={title} aside={<span className="text-xs text-muted max-sm:hidden">{text}</span>}>
              <div className="divide-y divide-line border-t border-line">
                {names.map((name) => {
                  const field = form.fields.find((one) => one.name === name)
                  return (
                    field && (
                      <SettingRow
                        key={name}
                        field={field}
                        settings={settings}
                        draft={draft}
                        onChange={setDraft}
                        error={errors[`set.${name}`]}
                      />
                    )
                  )
                })}
              </div>
            </Panel>
          </div>
        ))}
      </div>
      <div className="space-y-3 xl:sticky xl:top-18">
        <Preview account={account} edit={edit} hasChanges={count > 0} />
      </div>
      {count > 0 && (
        <div className="sticky bottom-16 z-10 order-last rounded-xl border border-accent bg-surface p-3 shadow-xl lg:bottom-3 xl:col-span-2">
          {save.error && <Failure error={save.error} />}
          <div className="flex flex-wrap items-center justify-end gap-2">
            <p className="mr-auto text-sm font-medium">
              {count === 1 ? '1 change' : `${count} changes`}, not saved yet
            </p>
            {isOutdated ? (
              <Button
                look="primary"
                onClick={async () => {
                  await queries.refetchQueries({ queryKey: key })
                  save.reset()
                }}
              >
                Read them again, keep my changes
              </Button>
            ) : (
              <>
                <Button
                  look="quiet"
                  onClick={() => {
                    setDraft(noChange)
                    save.reset()
                  }}
                >
                  Discard
                </Button>
                <Button look="primary" disabled={!edit || save.isPending} onClick={() => save.mutate()}>
                  {save.isPending ? 'Saving…' : 'Save'}
                </Button>
              </>
            )}
          </div>
        </div>
      )}
    </div>
  )
}
