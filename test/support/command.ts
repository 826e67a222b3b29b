import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

/** What a command left behind. */
export interface Finished {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs `bullpen <args>` as a process of its own. */
export type Bullpen = (args: readonly string[], options?: CommandOptions) => Promise<Finished>

interface CommandOptions {
  /** What it reads from standard input. */
  readonly input?: string
  readonly env?: Readonly<Record<string, string>>
}

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))

/** Commands on a database, in a folder of their own that goes with the file. */
export function commandLine(env: Readonly<Record<string, string>>): Bullpen {
  const folder = mkdtempSync(path.join(tmpdir(), 'bullpen-command-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return async (args, { input = '', env: more } = {}) => {
    const { PATH, HOME, TMPDIR, LANG } = process.env
    const child = spawn(process.execPath, [main, ...args], {
      cwd: folder,
      env: { PATH, HOME, TMPDIR, LANG, ...env, ...more },
    })
    child.stdin.on('error', () => {}) // it may end before it has read everything
    child.stdin.end(input)
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('close', resolve)
    })
    const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), ended])
    return { code, stdout, stderr }
  }
}
