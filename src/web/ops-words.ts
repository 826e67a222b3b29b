/** Digits of an id that tell one job from another on a page. */
const idDigits = 8

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i

/** What a queue's own name says already. */
const known = ['exchange', 'lane', 'version']

/** What a job is called on the board: its name and what it is about, 'trading-cycle · user 1a2b3c4d'. Data are ids alone. */
export function jobTitle({ name, data }: { readonly name: string; readonly data?: unknown }): string {
  const fields = typeof data === 'object' && data !== null ? Object.entries(data) : []
  const about = fields
    .filter(([field]) => !known.includes(field))
    .map(([field, value]) => aboutField(name, field, value))
    .filter((text) => text !== '')
  return [name, ...about].join(' · ')
}

function aboutField(name: string, field: string, value: unknown): string {
  if (field === 'isRetry') return value === true ? 'asked for by hand' : ''
  const noun = field.replace(/Id$/, '').replace(/([a-z])([A-Z])/g, (_, a, b) => `${a} ${b.toLowerCase()}`)
  if (typeof value !== 'string' && typeof value !== 'number') return ''
  const text = uuid.test(String(value)) ? String(value).slice(0, idDigits) : String(value)
  return noun === name ? text : `${noun} ${text}`
}

const purposes: Readonly<Record<string, string>> = {
  signals: 'Asks the sources of signals, and scores what they said',
  trading: 'Decides for each user on live signals',
  orders: 'Entries, within the exchange’s budget',
  exits: 'Exits, stops and cancels, within a budget of their own',
  accounts: 'Lookups, comparisons with the venue, keys and snapshots',
  monitor: 'Watches every open position, shard by shard',
  maintenance: 'Memory of the workers, and pruning',
  backtests: 'Runs that users ask for; they give way to everything else',
  alerts: 'Mails, Telegram and reports, delivered until they arrive',
}

/** What a queue is for, in one line. */
export function queuePurpose(name: string): string {
  return purposes[name.split('-')[0] ?? ''] ?? ''
}
