import { useQuery } from '@tanstack/react-query'
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react'
import type { Overview } from '../../api/overview.ts'
import { choicesOf, type ShownAccount } from './account-group.ts'
import { ask } from './api.ts'

const storageName = 'bullpen.account'

interface AccountChoice {
  /** Undefined until the first answer. */
  readonly overview: Overview | undefined
  readonly error: Error | null
  /** When the overview was received, in wall milliseconds. */
  readonly receivedAtMs: number
  /** The chosen account or group; undefined until it is known, and where the user has none. */
  readonly account: ShownAccount | undefined
  readonly choices: readonly ShownAccount[]
  readonly choose: (id: string) => void
}

const Chosen = createContext<AccountChoice | undefined>(undefined)

/** Which account the pages show, remembered on this device. */
export function AccountProvider({ children }: { children: ReactNode }) {
  const overview = useQuery({ queryKey: ['overview'], queryFn: () => ask<Overview>('/overview') })
  const [chosen, setChosen] = useState(() => localStorage.getItem(storageName))
  const accounts = overview.data?.accounts
  const choices = useMemo(() => choicesOf(accounts ?? []), [accounts])
  const choice = {
    overview: overview.data,
    error: overview.error,
    receivedAtMs: overview.dataUpdatedAt,
    account: choices.find(({ id }) => id === chosen) ?? choices[0],
    choices,
    choose: (id: string) => {
      localStorage.setItem(storageName, id)
      setChosen(id)
    },
  }
  return <Chosen value={choice}>{children}</Chosen>
}

/** The user's accounts with their numbers, and what was chosen of them. */
export function useAccount(): AccountChoice {
  const choice = useContext(Chosen)
  if (!choice) throw new Error('there is no choice of an account around this')
  return choice
}

/** Keeps what belongs to the chosen account or group; undefined until both are known. */
export function useShown<T extends { readonly accountId: string }>(
  items: readonly T[] | undefined,
): readonly T[] | undefined {
  const { account } = useAccount()
  return useMemo(() => {
    const ids = new Set(account?.members.map(({ id }) => id))
    return account && items?.filter(({ accountId }) => ids.has(accountId))
  }, [account, items])
}
