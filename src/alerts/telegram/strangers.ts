const withinMs = 600_000
const most = 5
/** Chats that are remembered; the longest known is forgotten first. */
const room = 10_000

/** Counts what chats that nobody has linked say, so that none of them costs more than a few looks into the database. */
export function strangers(): {
  isTooOften(chatId: number, nowMs: number): boolean
  note(chatId: number, isAnswered: boolean, nowMs: number): void
} {
  const seen = new Map<number, { sinceMs: number; count: number }>()
  return {
    isTooOften(chatId, nowMs) {
      const known = seen.get(chatId)
      return known !== undefined && nowMs - known.sinceMs < withinMs && known.count >= most
    },
    note(chatId, isAnswered, nowMs) {
      const known = seen.get(chatId)
      seen.delete(chatId)
      if (isAnswered) return
      const isYoung = known !== undefined && nowMs - known.sinceMs < withinMs
      seen.set(chatId, isYoung ? { ...known, count: known.count + 1 } : { sinceMs: nowMs, count: 1 })
      const first = seen.keys().next().value
      if (seen.size > room && first !== undefined) seen.delete(first)
    },
  }
}
