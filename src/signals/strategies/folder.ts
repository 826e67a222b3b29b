import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { z } from 'zod'
import { messageOf, systemCode } from '../../errors.ts'

/** A strategy file of the folder. Its source is `strategy:` and the file's name without its ending. */
export interface StrategyFile {
  readonly source: string
  readonly file: string
}

const endings = ['.ts', '.js', '.mjs']

/** The strategy files of a folder, by name; what begins with a dot or an underscore, tests and declarations are none. */
export function strategyFilesIn(folder: string): StrategyFile[] {
  const names = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.isDirectory() && /^[A-Za-z0-9][\w.-]{0,63}$/.test(entry.name))
    .map(({ name }) => name)
    .filter((name) => endings.includes(extname(name)) && !/\.(test|d)\.m?[tj]s$/.test(name))
    .sort()
  return names.map((name) => ({
    source: `strategy:${basename(name, extname(name))}`,
    file: join(folder, name),
  }))
}

/**
 * The parameters that lie beside a strategy file as a JSON object of the same name (ma-cross.json beside ma-cross.ts); none
 * without one. Throws an Error of one line.
 */
export function parametersBeside(file: string): Record<string, unknown> {
  const path = `${file.slice(0, -extname(file).length)}.json`
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return {}
    throw new Error(`${path} cannot be read: ${messageOf(error)}`, { cause: error })
  }
  try {
    const read = z.record(z.string(), z.unknown()).safeParse(JSON.parse(text))
    if (read.success) return read.data
  } catch (error) {
    throw new Error(`${path}: ${messageOf(error)}`, { cause: error })
  }
  throw new Error(`${path}: must be a JSON object such as {"fast": 9}`)
}

/** What changes when somebody changes a strategy or its parameters. */
export function stampOf(file: string): string {
  return [file, `${file.slice(0, -extname(file).length)}.json`]
    .map((path) => statSync(path, { throwIfNoEntry: false }))
    .map((found) => (found === undefined ? '-' : `${found.mtimeMs}/${found.size}`))
    .join(' ')
}
