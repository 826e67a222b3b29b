import { useQuery } from '@tanstack/react-query'
import type { AccountDetail } from '../../api/accounts.ts'
import type { Settings, SettingsForm } from '../../api/settings.ts'
import { Failure } from '../parts/failure.tsx'
import { Heading } from '../parts/heading.tsx'
import { Panel } from '../parts/panel.tsx'
import { SelectField } from '../parts/select-field.tsx'
import { Waiting } from '../parts/waiting.tsx'
import { ask } from '../shell/api.ts'
import { useHere, useSearchChange } from '../shell/router.tsx'
import { SettingsEditor } from './editor.tsx'

/** What an account trades by, with what each change does to its next order. */
export default function SettingsPage() {
  const { search } = useHere()
  const change = useSearchChange()
  const account = search.get('account') ?? ''
  const accounts = useQuery({
    queryKey: ['accounts'],
    queryFn: () => ask<{ items: AccountDetail[] }>('/accounts'),
  })
  const form = useQuery({ queryKey: ['settings-form'], queryFn: () => ask<SettingsForm>('/settings/form') })
  const settings = useQuery({
    queryKey: ['settings', account],
    queryFn: () => ask<Settings>(`/settings${account ? `?account=${account}` : ''}`),
  })
  const error = form.error ?? settings.error
  return (
    <>
      <Heading
        title="Settings"
        aside={
          <SelectField
            className="w-full sm:w-72"
            label="Settings of"
            value={account}
            onChange={(event) => change({ account: event.target.value })}
            options={[
              { value: '', name: 'All my accounts' },
              ...(accounts.data?.items ?? []).map(({ id, name }) => ({ value: id, name: `${name} alone` })),
            ]}
          />
        }
      >
        A change holds from the next decision on. What is open keeps the stop and the targets it has.
      </Heading>
      {error && <Failure error={error} />}
      {form.data && settings.data ? (
        <SettingsEditor key={account} form={form.data} settings={settings.data} account={account} />
      ) : (
        !error && (
          <Panel title="Settings">
            <Waiting rows={8} />
          </Panel>
        )
      )}
    </>
  )
}
