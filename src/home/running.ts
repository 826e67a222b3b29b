import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemCode } from '../errors.ts'
import { unwritable } from './folder.ts'
import { beginningOf } from './process.ts'

/** Who runs in a data folder: it alone starts and stops the database in there; everybody else borrows it. */
export interface Holder {
  readonly pid: number
  /** See `beginningOf`: a holder that died left its file behind, and its pid may be somebody else's by now. */
  readonly began: string
  readonly command: string
  readonly simulatorUrl?: string
}

export interface Claim {
  /** Lets those who borrow know where the simulator listens. */
  publish(simulatorUrl: string): void
  release(): void
}

/** Takes the folder for this process, or says who has it. A holder that no longer lives is put aside. */
export function claimHome(home: string, command: string): { claim: Claim } | { heldBy: Holder } {
  const file = fileIn(home)
  const own: Holder = { pid: process.pid, began: beginningOf(process.pid) ?? '', command }
  const draft = `${file}.${process.pid}`
  try {
    // A link appears at once with its content and never replaces another's, so two claims cannot both succeed.
    writeFileSync(draft, JSON.stringify(own), { mode: 0o600 })
    for (;;) {
      try {
        linkSync(draft, file)
        break
      } catch (error) {
        if (systemCode(error) !== 'EEXIST') throw error
        const holder = holderOf(home)
        if (holder) return { heldBy: holder }
        putAside(file, draft)
      }
    }
  } catch (error) {
    throw unwritable(home, error)
  } finally {
    rmSync(draft, { force: true })
  }
  return {
    claim: {
      publish(simulatorUrl) {
        writeFileSync(draft, JSON.stringify({ ...own, simulatorUrl }), { mode: 0o600 })
        renameSync(draft, file)
      },
      release: () => rmSync(file, { force: true }),
    },
  }
}

/** The living process that holds a data folder, if any. */
export function holderOf(home: string): Holder | undefined {
  return livingHolder(fileIn(home))
}

/** Removes the file of a dead holder. Should a living one have taken its place meanwhile, that one is put back. */
function putAside(file: string, draft: string): void {
  const aside = `${draft}.old`
  try {
    renameSync(file, aside)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return
    throw error
  }
  if (livingHolder(aside)) linkSync(aside, file)
  rmSync(aside)
}

function livingHolder(file: string): Holder | undefined {
  try {
    const holder = JSON.parse(readFileSync(file, 'utf8')) as Holder
    return Number.isInteger(holder.pid) && beginningOf(holder.pid) === holder.began ? holder : undefined
  } catch {
    return undefined
  }
}

function fileIn(home: string): string {
  return join(home, 'running.json')
}
