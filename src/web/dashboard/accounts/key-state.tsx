import { useMutation } from '@tanstack/react-query'
import type { AccountDetail } from '../../api/accounts.ts'
import { Button } from '../parts/button.tsx'
import { Failure } from '../parts/failure.tsx'
import { ago, fullTime } from '../parts/format.ts'
import { Check, Cross } from '../parts/icons.tsx'
import { send } from '../shell/api.ts'
import { refetchAccounts } from './account-card.tsx'

/** What the account's key may do, as the exchange said it last. */
export function KeyState({ account: { id, key, mode } }: { account: AccountDetail }) {
  const check = useMutation({
    mutationFn: () => send(`/accounts/${id}/check`, {}),
    onSuccess: () => refetchAccounts(),
  })
  if (!key) return null
  if (mode === 'paper')
    return (
      <p className="mt-3 text-xs text-muted">Its key is the simulator’s own: there is nothing to keep.</p>
    )
  const checkedMs = key.checkedAt === null ? undefined : Date.parse(key.checkedAt)
  return (
    <div className="mt-3 rounded-lg bg-raised/60 px-3 py-2 text-sm">
      <div className="flex flex-wrap items-center justify-between gap-2">
        <p className="font-medium">
          Key <span className="font-mono text-xs text-muted">…{key.tail}</span>
        </p>
        <Button look="quiet" disabled={check.isPending} onClick={() => check.mutate()}>
          {check.isPending ? 'Asking…' : 'Check now'}
        </Button>
      </div>
      <ul className="flex flex-wrap gap-x-4 gap-y-1 pb-1 text-xs">
        <Permission isGood={key.canTrade} yes="may trade" no="may not trade" />
        <Permission
          isGood={key.canWithdraw === null ? null : !key.canWithdraw}
          yes="may not withdraw"
          no="may withdraw"
        />
        <Permission
          isGood={key.isIpRestricted}
          yes="bound to addresses"
          no="works from any address"
          isAdvice
        />
      </ul>
      <p className="text-xs text-muted">
        {checkedMs === undefined ? (
          'The exchange is being asked.'
        ) : (
          <time title={fullTime(checkedMs)}>Asked {ago(Date.now() - checkedMs)}; asked again every day.</time>
        )}
      </p>
      {check.error && <Failure error={check.error} />}
    </div>
  )
}

interface PermissionProps {
  readonly isGood: boolean | null
  readonly yes: string
  readonly no: string
  /** What is not as it should be is a hint here, no fault. */
  readonly isAdvice?: boolean
}

function Permission({ isGood, yes, no, isAdvice = false }: PermissionProps) {
  if (isGood === null) return null
  const colour = isGood ? 'text-up' : isAdvice ? 'text-warn' : 'text-down'
  return (
    <li className={`flex items-center gap-1 font-medium ${colour}`}>
      {isGood ? <Check className="size-3.5" /> : <Cross className="size-3.5" />}
      {isGood ? yes : no}
    </li>
  )
}
