/** What stands in the log where a secret stood. */
export const hidden = '[hidden]'

/** Names whose values are secret, compared without case, dashes and underscores (API-Key, api_key and apiKey are one). */
const parts =
  'apikey|apisign|accesskey|accesssign|secret|password|passwd|passphrase|authorization|cookie|signature|privatekey|credential|listenkey|token|titankey|supabasekey|modelkey|totp|otpauth'
const secretName = new RegExp(`${parts}|^(sign|otp|pass|pwd)$`)

/** The same names as they stand in running text and query strings, each letter possibly followed by a dash or underscore. */
const inText = parts.replace(/[a-z]/g, '$&[-_]?')
// Every repetition is bounded: a hostile text of any length is searched in linear time.
const assignment = new RegExp(
  `((?:${inText}|\\bsign)\\w{0,40}(?:\\\\{0,8}["'])?\\s{0,4}(?:=|:|%3D|%3A)\\s{0,4}(?:\\\\{0,8}["'])?)(?:(?:Bearer|Basic)\\s{1,4})?[^\\s"'\\\\&,;}\\]]+`,
  'gi',
)
const bearer = /\b(Bearer|Basic)\s{1,4}[\w.~+/=-]{6,}/gi
const credentials = /(\b[a-z][\w+.-]{0,20}:\/\/[^\s/:@"']{0,80}:)[^\s/"']{1,200}@/gi
const telegram = /\bbot\d+:[\w-]+/gi

/** Whether the value under this name must never be seen. */
export function isSecretName(name: string): boolean {
  return secretName.test(name.toLowerCase().replace(/[-_]/g, ''))
}

/** A text without what looks like a secret: name=value pairs, bearer tokens, passwords in addresses, bot tokens. */
export function redactText(text: string, secrets: readonly string[] = []): string {
  let clean = text
  for (const secret of secrets) clean = clean.replaceAll(secret, hidden)
  return clean
    .replace(credentials, `$1${hidden}@`)
    .replace(telegram, `bot${hidden}`)
    .replace(assignment, `$1${hidden}`)
    .replace(bearer, `$1 ${hidden}`)
}

/** A JSON value with every secret in it hidden, at any depth: by its name, and by its looks inside texts. */
export function redact(value: unknown, secrets: readonly string[] = []): unknown {
  if (typeof value === 'string') return redactText(value, secrets)
  if (Array.isArray(value)) return value.map((item) => redact(item, secrets))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      redactText(name, secrets),
      isSecretName(name) && item !== null ? hidden : redact(item, secrets),
    ]),
  )
}
