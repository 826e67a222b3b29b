import { parseEnv } from 'node:util'

const ASSIGNMENT = /^\s*(?:export\s+)?[A-Za-z_]\w*\s*=\s*(.*)$/

/**
 * The variables of a `.env` text. Node's own parser drops what it does not understand, so the shape is checked first:
 * `problems` names each line that is neither a comment nor NAME=value, by number alone, for it may hold a secret.
 */
export function parseDotenv(text: string): { variables: Record<string, string>; problems: string[] } {
  const problems: string[] = []
  const lines = text.split(/\r?\n/)
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? ''
    if (line.trim() === '' || line.trimStart().startsWith('#')) continue
    const value = ASSIGNMENT.exec(line)?.[1]
    if (value === undefined) {
      problems.push(`line ${at + 1}: expected NAME=value or a # comment`)
      continue
    }
    const last = lastLineOfValue(lines, at, value)
    if (last === undefined) problems.push(`line ${at + 1}: the quote is never closed`)
    else at = last
  }
  return { variables: problems.length === 0 ? (parseEnv(text) as Record<string, string>) : {}, problems }
}

/** Where the value that begins on line `first` ends: further down when it is quoted and spans lines. */
function lastLineOfValue(lines: readonly string[], first: number, value: string): number | undefined {
  const quote = value[0]
  if (quote !== '"' && quote !== "'" && quote !== '`') return first
  if (value.indexOf(quote, 1) > 0) return first
  const last = lines.findIndex((line, at) => at > first && line.includes(quote))
  return last === -1 ? undefined : last
}
