const dayMs = 86_400_000

/** What a form asks for, as the API takes it: empty fields are left to what is usual. */
export function wishIn(given: FormData, { now }: { readonly now: string | null }): Record<string, unknown> {
  const text = (name: string) => String(given.get(name) ?? '').trim()
  const number = (name: string) => (text(name) === '' ? undefined : Number(text(name)))
  const percent = (name: string) => {
    const value = number(name)
    // Without binary dust: 0.05 % is 0.0005.
    return value === undefined ? undefined : Number((value / 100).toFixed(10))
  }
  const symbols = text('symbols')
    .toUpperCase()
    .split(/[\s,;]+/)
    .filter((symbol) => symbol !== '')
  const days = number('days')
  const endMs = now === null ? Date.now() : Date.parse(now)
  const span =
    text('days') === 'own'
      ? { from: `${text('from')}T00:00:00Z`, to: `${text('to')}T00:00:00Z` }
      : { from: new Date(Math.floor(endMs / 60_000) * 60_000 - (days ?? 30) * dayMs).toISOString() }
  return {
    account: text('account'),
    strategy: text('strategy'),
    symbols: symbols.length === 0 ? 'top10' : symbols,
    timeframe: text('timeframe'),
    ...span,
    ...without({
      name: text('name') || undefined,
      capital: number('capital'),
      fee: percent('fee'),
      slippage: percent('slippage'),
      fundingRate: percent('fundingRate'),
    }),
    settings: settingsIn(text('settings')),
  }
}

/** Settings written as JSON; what is none goes as it is, for the API to say what is wrong with it. */
function settingsIn(text: string): unknown {
  if (text === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function without(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}
