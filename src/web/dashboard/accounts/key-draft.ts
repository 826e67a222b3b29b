/** A key as it is being typed. */
export interface KeyDraft {
  readonly apiKey: string
  readonly secret: string
  /** Empty where the exchange has none. */
  readonly password: string
}

export const noKey: KeyDraft = { apiKey: '', secret: '', password: '' }

/** The key as the API takes it. */
export function keyBody({ apiKey, secret, password }: KeyDraft) {
  return { apiKey, secret, ...(password !== '' && { password }) }
}
