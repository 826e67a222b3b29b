import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { environment } from '../../config.ts'

const folder = import.meta.dirname
const dist = path.join(folder, 'dist')
const lockFile = path.join(folder, '../../../package-lock.json')

/**
 * The folder with the built dashboard, built beforehand when its sources or the lock file have changed since.
 * Safe to call from several processes at once. When it cannot be built the newest earlier build is used, and `tell` hears why.
 * @throws when there is no build and none can be made.
 */
export async function buildDashboard(tell: (error: unknown) => void = () => {}): Promise<string> {
  const target = path.join(dist, await fingerprint())
  if (existsSync(path.join(target, 'index.html'))) return target
  try {
    await build(target)
  } catch (error) {
    const earlier = await newestBuild()
    if (earlier === undefined) throw error
    tell(error)
    return earlier
  }
  await removeOthers(target)
  return target
}

/**
 * Builds beside the target and moves it there, so that a half-made build is never served. The bundler runs in a process
 * of its own: it takes 300 MB, which the web process would keep.
 */
async function build(target: string): Promise<void> {
  const draft = path.join(dist, `.draft-${process.pid}`)
  await mkdir(draft, { recursive: true })
  try {
    // Whatever this process is for, people get the build that is made for them.
    const env = { ...environment(), NODE_ENV: 'production' }
    await promisify(execFile)(process.execPath, [path.join(folder, 'bundle.ts'), draft], { env })
    await rename(draft, target).catch((error) => {
      if (!existsSync(path.join(target, 'index.html'))) throw error // else another process was faster
    })
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

/** Changes with every source file and every dependency. */
async function fingerprint(): Promise<string> {
  const hash = createHash('sha256')
  const names = await readdir(folder, { recursive: true })
  const sources = names.filter((name) => !name.startsWith('dist') && path.extname(name) !== '').sort()
  for (const name of sources) hash.update(name).update(await readFile(path.join(folder, name)))
  hash.update(await readFile(lockFile).catch(() => ''))
  return hash.digest('hex').slice(0, 16)
}

async function builds(): Promise<string[]> {
  const names = await readdir(dist).catch(() => [])
  return names
    .map((name) => path.join(dist, name))
    .filter((name) => existsSync(path.join(name, 'index.html')))
}

async function newestBuild(): Promise<string | undefined> {
  const found = await Promise.all(
    (await builds()).map(async (name) => ({ name, at: (await stat(name)).mtimeMs })),
  )
  return found.sort((a, b) => b.at - a.at)[0]?.name
}

async function removeOthers(target: string): Promise<void> {
  for (const name of await builds()) if (name !== target) await rm(name, { recursive: true, force: true })
}
