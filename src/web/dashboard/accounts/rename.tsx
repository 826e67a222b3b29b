import { useState } from 'react'
import type { AccountDetail } from '../../api/accounts.ts'
import { Confirm } from '../parts/confirm.tsx'
import { TextField } from '../parts/text-field.tsx'
import { send } from '../shell/api.ts'
import { refetchAccounts } from './account-card.tsx'

/** Calls an account by another name. */
export function Rename({ account: { id, name } }: { account: AccountDetail }) {
  const [draft, setDraft] = useState(name)
  return (
    <Confirm
      button="Rename"
      opener="quiet"
      title={`Rename ${name}`}
      action="Rename"
      onConfirm={async () => {
        await send(`/accounts/${id}`, { name: draft }, 'PATCH')
        await refetchAccounts()
      }}
    >
      <TextField
        label="Name"
        value={draft}
        maxLength={60}
        onChange={(event) => setDraft(event.target.value)}
        hint="What the pages call it. Nothing else changes."
      />
    </Confirm>
  )
}
