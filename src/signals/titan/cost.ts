/** What a model charges: US dollars for a million tokens that it reads, and for a million that it writes. */
export interface ModelPrice {
  readonly input: number
  readonly output: number
}

/** What a question costs, or may cost at most. */
export interface Cost {
  readonly tokens: number
  readonly usd: number
}

/** What may be spent in one UTC day. Undefined: as much as it takes. */
export interface DailyBudget {
  readonly tokens?: number | undefined
  readonly usd?: number | undefined
}

/** The cost of so many tokens. */
export function costOf(tokens: { readonly input: number; readonly output: number }, price: ModelPrice): Cost {
  return {
    tokens: tokens.input + tokens.output,
    usd: (tokens.input * price.input + tokens.output * price.output) / 1_000_000,
  }
}

/** The most that a question can cost: digits make a token of two characters or more. */
export function mostOf(characters: number, maxOutputTokens: number, price: ModelPrice): Cost {
  return costOf({ input: Math.ceil(characters / 2), output: maxOutputTokens }, price)
}

/**
 * Where what may be spent is kept. What a question may cost at most is taken before it is sent, and what is left of it put
 * back after: who dies in between has spent too much, never too little.
 */
export interface Purse {
  /** Takes the cost; false, and nothing is taken, when the day's budget does not hold it. */
  take(cost: Cost): Promise<boolean>
  /** Puts back what was taken and not used. */
  settle(taken: Cost, used: Cost): Promise<void>
}

/** A purse in the memory of one process. */
export function memoryPurse(budget: DailyBudget, nowMs: () => number): Purse {
  let spent = { day: '', tokens: 0, usd: 0 }
  return {
    async take({ tokens, usd }) {
      const day = new Date(nowMs()).toISOString().slice(0, 10)
      if (day !== spent.day) spent = { day, tokens: 0, usd: 0 }
      const after = { day, tokens: spent.tokens + tokens, usd: spent.usd + usd }
      if (after.tokens > (budget.tokens ?? Infinity) || after.usd > (budget.usd ?? Infinity)) return false
      spent = after
      return true
    },
    async settle(taken, used) {
      spent = {
        ...spent,
        tokens: Math.max(0, spent.tokens + used.tokens - taken.tokens),
        usd: Math.max(0, spent.usd + used.usd - taken.usd),
      }
    },
  }
}
