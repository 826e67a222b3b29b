import { pathToFileURL } from 'node:url'
import { messageOf } from '../../errors.ts'

/** What a file of the operator's threw, in one line, with the line of the file where Node tells it. */
export function thrownText(thrown: unknown, file: string | undefined): string {
  const line =
    file === undefined ? undefined : lineIn(thrown instanceof Error ? thrown.stack : undefined, file)
  return line === undefined ? messageOf(thrown) : `${messageOf(thrown)} (line ${line})`
}

function lineIn(stack: string | undefined, file: string): string | undefined {
  for (const name of [pathToFileURL(file).href, file]) {
    const at = stack?.indexOf(`${name}:`) ?? -1
    const line = /^\d+/.exec(stack?.slice(at + name.length + 1) ?? '')?.[0]
    if (at >= 0 && line !== undefined) return line
  }
  return undefined
}
