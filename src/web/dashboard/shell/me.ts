import { useQuery } from '@tanstack/react-query'
import type { Me } from '../../api/me.ts'
import { ask } from './api.ts'

/** Who is signed in; undefined until the first answer. */
export function useMe(): Me | undefined {
  return useQuery({ queryKey: ['me'], queryFn: () => ask<Me>('/me') }).data
}
