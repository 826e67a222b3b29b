import { readFileSync } from 'node:fs'
import type { z } from 'zod'
import { type UserSettingsPatch, userSettingsPatch } from '../domain/settings.ts'
import { messageOf, UserError } from '../errors.ts'

/**
 * Reads a JSON file of user settings by their names, percentages in percent; null switches off what can be. Throws a UserError
 * of one line that names each wrong key with its value and its rule.
 */
export function readSettings(path: string): UserSettingsPatch {
  let json: unknown
  try {
    json = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    throw new UserError(`${path}: cannot be read (${messageOf(error)})`, { cause: error })
  }
  const parsed = userSettingsPatch.safeParse(json)
  if (parsed.success) return parsed.data
  throw new UserError(`${path}: ${parsed.error.issues.map((issue) => complaint(issue, json)).join('; ')}`)
}

function complaint(issue: z.core.$ZodIssue, json: unknown): string {
  const name = issue.path.join('.')
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map((key) => (name === '' ? key : `${name}.${key}`))
    return `there is no setting ${keys.join(', ')}`
  }
  if (name === '') return 'is not an object of settings such as {"risk_level": 5}'
  const value = issue.path.reduce<unknown>(
    (at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key],
    json,
  )
  return `${name} ${JSON.stringify(value)}: ${issue.message}`
}
