import { chmodSync, existsSync, lstatSync, mkdtempSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A data folder for one test, which every user may enter unless `isPrivate`; `remove` takes what it led to along. */
export function temporaryHome({ isPrivate = false } = {}): { home: string; folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'bullpen-home-'))
  if (!isPrivate) chmodSync(folder, 0o755)
  const home = join(folder, 'home')
  return {
    home,
    folder,
    remove() {
      const link = join(home, 'postgres')
      if (
        existsSync(home) &&
        statSync(home).isDirectory() &&
        lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink()
      )
        rmSync(dirname(readlinkSync(link)), { recursive: true, force: true })
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** Whether the tests run as root, who may become somebody else. */
export const isRoot = process.getuid?.() === 0
