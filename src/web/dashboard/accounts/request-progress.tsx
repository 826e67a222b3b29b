import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useEffect } from 'react'
import type { AccountRequestAnswer } from '../../api/account-requests.ts'
import { Failure } from '../parts/failure.tsx'
import { Check, Cross } from '../parts/icons.tsx'
import { ask } from '../shell/api.ts'
import { refetchAccounts } from './account-card.tsx'

interface RequestProgressProps {
  readonly id: string
  /** What is said when it went well. */
  readonly done: string
  /** What can be pressed once it has ended, either way. */
  readonly children: ReactNode
}

/** Follows a request until a worker has asked the exchange, and says in words what came of it. */
export function RequestProgress({ id, done, children }: RequestProgressProps) {
  const request = useRequest(id)
  const { data, error } = request
  if (error && !data) return <Failure error={error} />
  if (!data || data.state === 'waiting')
    return (
      <div role="status" className="mt-4 flex items-center gap-3 text-sm">
        <span
          aria-hidden="true"
          className="size-4 animate-spin rounded-full border-2 border-line border-t-accent"
        />
        {data?.mode === 'paper'
          ? 'The account is being made…'
          : 'The exchange is being asked about this key…'}
      </div>
    )
  const isDone = data.state === 'done'
  return (
    <div role={isDone ? 'status' : 'alert'} className="mt-4 space-y-4 text-sm">
      <p className={`flex items-start gap-2 font-medium ${isDone ? 'text-up' : 'text-down'}`}>
        {isDone ? <Check className="mt-0.5 size-4" /> : <Cross className="mt-0.5 size-4" />}
        {isDone ? done : sentenceOf(data.reason ?? 'It was refused.')}
      </p>
      <div className="flex flex-wrap justify-end gap-2">{children}</div>
    </div>
  )
}

/** A request, asked again until it has ended. */
export function useRequest(id: string | undefined) {
  const request = useQuery({
    queryKey: ['account-request', id],
    queryFn: () => ask<AccountRequestAnswer>(`/accounts/requests/${id}`),
    enabled: id !== undefined,
    refetchInterval: ({ state }) => (state.data && state.data.state !== 'waiting' ? false : 700),
  })
  const state = request.data?.state
  useEffect(() => {
    if (state === 'done') void refetchAccounts()
  }, [state])
  return request
}

function sentenceOf(reason: string): string {
  return `${reason.charAt(0).toUpperCase()}${reason.slice(1)}${/[.!?]$/.test(reason) ? '' : '.'}`
}
