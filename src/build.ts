import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** What decides how a worker works; pages and tests do not. */
const folders = ['db', 'jobs', 'src', 'workers']
const left = /^src\/(web|simulator|cli|bench|chaos|doctor)\//

/** A digest of the program in a folder: two processes that show the same one are of the same build. */
export function digestOf(root: string): string {
  const hash = createHash('sha256')
  for (const folder of folders)
    for (const name of readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).sort()) {
      const file = path.posix.join(folder, name.replaceAll(path.sep, '/'))
      if (file.endsWith('.ts') && !left.test(file))
        hash.update(file).update(readFileSync(path.join(root, file)))
    }
  return hash.digest('hex').slice(0, 12)
}
