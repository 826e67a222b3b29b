import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { AccountRequestAnswer } from '../../api/account-requests.ts'
import type { AccountDetail } from '../../api/accounts.ts'
import { Button } from '../parts/button.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Failure } from '../parts/failure.tsx'
import { ApiProblem, send } from '../shell/api.ts'
import { Guide } from './guide.tsx'
import { guideOf } from './guides.ts'
import { keyBody, noKey } from './key-draft.ts'
import { KeyFields } from './key-fields.tsx'
import { RequestProgress } from './request-progress.tsx'

/** Puts another key in the place of an account's. The old one trades until the exchange has taken the new one. */
export function ReplaceKey({ account }: { account: AccountDetail }) {
  const { id, name, exchange, market, mode } = account
  const [isOpen, setOpen] = useState(false)
  const [draft, setDraft] = useState(noKey)
  const replace = useMutation({
    mutationFn: () => send<AccountRequestAnswer>(`/accounts/${id}/key`, keyBody(draft)),
    onSettled: () => setDraft(noKey),
  })
  const close = () => {
    setOpen(false)
    setDraft(noKey)
    replace.reset()
  }
  const errors = replace.error instanceof ApiProblem ? replace.error.errors : {}
  if (mode === 'paper') return null
  return (
    <>
      <Button onClick={() => setOpen(true)}>Replace the key</Button>
      <Dialog title={`Another key for ${name}`} isOpen={isOpen} onClose={close}>
        {replace.data ? (
          <RequestProgress id={replace.data.id} done="The exchange took the new key, and it is in force.">
            <Button look="primary" onClick={close}>
              Done
            </Button>
          </RequestProgress>
        ) : (
          <form
            className="mt-3 space-y-4"
            onSubmit={(event) => {
              event.preventDefault()
              replace.mutate()
            }}
          >
            <details>
              <summary className="cursor-pointer text-sm font-medium">How to make one</summary>
              <div className="mt-2">
                <Guide exchange={exchange} market={market} mode={mode} />
              </div>
            </details>
            <KeyFields
              draft={draft}
              onChange={setDraft}
              wantsPassphrase={guideOf(exchange).wantsPassphrase}
              errors={errors}
            />
            {replace.error && <Failure error={replace.error} />}
            <div className="flex justify-end gap-2">
              <Button look="quiet" onClick={close}>
                Cancel
              </Button>
              <Button look="primary" type="submit" disabled={replace.isPending}>
                Try this key
              </Button>
            </div>
          </form>
        )}
      </Dialog>
    </>
  )
}
