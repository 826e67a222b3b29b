import type { WireAnswer } from '../venues/venue.ts'
import type { Struck } from './faults.ts'

const page =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n'

/** An answer whose body ends in its middle, though its length says it is whole. */
export function truncated(answer: WireAnswer): WireAnswer {
  return { ...answer, body: answer.body.slice(0, Math.floor(answer.body.length / 2)) }
}

export function emptied(answer: WireAnswer): WireAnswer {
  return { ...answer, body: '' }
}

/** A web page instead of the answer; the status stays. */
export function webPage(answer: WireAnswer): WireAnswer {
  return { ...answer, headers: { ...answer.headers, 'content-type': 'text/html' }, body: page }
}

/** A list in which about every second item comes twice, side by side or far apart; at least one does. */
export function repeated(answer: WireAnswer, { chance }: Struck): WireAnswer {
  return list(answer, (items) => {
    const again = items.filter((_, index) => index === 0 || chance(10 + index) < 0.5)
    const middle = Math.floor(items.length * chance(2))
    return [...items.slice(0, middle), ...again, ...items.slice(middle)]
  })
}

/** A list in another order. */
export function reordered(answer: WireAnswer, { chance }: Struck): WireAnswer {
  return list(answer, (items) => {
    const drawn = items.map((item, index) => ({ item, at: chance(10 + index) }))
    const mixed = drawn.sort((a, b) => a.at - b.at).map(({ item }) => item)
    const isSame = mixed.every((item, index) => item === items[index])
    return isSame ? mixed.reverse() : mixed
  })
}

function list(answer: WireAnswer, change: (items: unknown[]) => unknown[]): WireAnswer {
  if (answer.status !== 200) return answer
  const items = JSON.parse(answer.body)
  return Array.isArray(items) ? { ...answer, body: JSON.stringify(change(items)) } : answer
}
