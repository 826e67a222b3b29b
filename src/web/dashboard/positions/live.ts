import { useQuery } from '@tanstack/react-query'
import type { Position } from '../../api/positions.ts'
import { ask } from '../shell/api.ts'

/** The user's open positions, kept up to date by the stream. */
export function usePositions() {
  return useQuery({ queryKey: ['positions'], queryFn: () => ask<{ items: Position[] }>('/positions') })
}
