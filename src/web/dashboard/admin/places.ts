import type { AdminHalts } from '../../api/admin-halts.ts'

export type Scope = AdminHalts['halts'][number]['scope']

/** What a scope is called. */
export const scopeNames: Readonly<Record<Scope, string>> = {
  global: 'Everything',
  exchange: 'An exchange',
  user: 'A user',
  account: 'An account',
  symbol: 'A symbol',
}

/** A place in words: 'Everything', 'user ada@example.com'. */
export function placeName({ scope, name }: { readonly scope: Scope; readonly name: string }): string {
  return scope === 'global' ? 'Everything' : `${scope} ${name}`
}
