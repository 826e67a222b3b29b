import type { AlertFacts } from '#db/alerts.ts'

/** The facts of an alert as rows for people: names in words, values as text, what is not known left out. */
export function factRows(facts: AlertFacts): readonly (readonly [name: string, value: string])[] {
  return Object.entries(facts)
    .filter(([, value]) => value !== null && value !== '')
    .map(([name, value]) => [
      words(name),
      typeof value === 'boolean' ? (value ? 'yes' : 'no') : String(value),
    ])
}

/** `clientOrderId` is `client order id`. */
function words(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()
}
