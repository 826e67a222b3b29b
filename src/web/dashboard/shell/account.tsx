import { useQuery } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useState } from 'react'
import type { AccountOverview, Overview } from '../../api/overview.ts'
import { ask } from './api.ts'

const storageName = 'bullpen.account'

interface AccountChoice {
  /** Undefined until the first answer. */
  readonly overview: Overview | undefined
  readonly error: Error | null
  /** When the overview was received, in wall milliseconds. */
  readonly receivedAtMs: number
  /** The chosen account; undefined until it is known, and where the user has none. */
  readonly account: AccountOverview | undefined
  readonly choose: (accountId: string) => void
}

const Chosen = createContext<AccountChoice | undefined>(undefined)

/** Which account the pages show, remembered on this device. */
export function AccountProvider({ children }: { children: ReactNode }) {
  const overview = useQuery({ queryKey: ['overview'], queryFn: () => ask<Overview>('/overview') })
  const [chosen, setChosen] = useState(() => localStorage.getItem(storageName))
  const accounts = overview.data?.accounts
  const choice = {
    overview: overview.data,
    error: overview.error,
    receivedAtMs: overview.dataUpdatedAt,
    account: accounts?.find(({ id }) => id === chosen) ?? accounts?.[0],
    choose: (accountId: string) => {
      localStorage.setItem(storageName, accountId)
      setChosen(accountId)
    },
  }
  return <Chosen value={choice}>{children}</Chosen>
}

/** The user's accounts with their numbers, and the one that was chosen. */
export function useAccount(): AccountChoice {
  const choice = useContext(Chosen)
  if (!choice) throw new Error('there is no choice of an account around this')
  return choice
}
