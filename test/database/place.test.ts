import {
  chmodSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readlinkSync,
  realpathSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { findBinaries } from '#src/database/binaries.ts'
import { startEmbedded } from '#src/database/embedded.ts'
import { settle } from '#src/database/place.ts'
import { nobody, obstacleTo } from '#src/database/reach.ts'
import { isRoot, temporaryHome } from '#test/support/home.ts'
import { runNode } from '#test/support/program.ts'

const starter = fileURLToPath(new URL('./fixtures/start-and-stop.ts', import.meta.url))
const places: ReturnType<typeof temporaryHome>[] = []

afterEach(() => {
  for (const place of places.splice(0)) place.remove()
})

function homeIn(options: { isPrivate: boolean }) {
  const place = temporaryHome(options)
  places.push(place)
  return place
}

test('the way to a folder is free for its owner, and ends for others where they may not enter', () => {
  const { folder } = homeIn({ isPrivate: false })
  const inner = join(folder, 'a', 'b')
  mkdirSync(inner, { recursive: true })
  const { uid, gid } = statSync(inner)
  const stranger = { uid: uid + 1, gid: gid + 1 }
  chmodSync(join(folder, 'a'), 0o700)
  expect(obstacleTo(inner, { uid, gid })).toBeUndefined()
  expect(obstacleTo(inner, stranger)).toBe(realpathSync(join(folder, 'a')))
  chmodSync(join(folder, 'a'), 0o711)
  chmodSync(inner, 0o711)
  expect(obstacleTo(inner, stranger)).toBeUndefined()
  expect(obstacleTo(inner, stranger, true)).toBe(realpathSync(inner))
})

test.runIf(isRoot)(
  'root runs PostgreSQL as nobody, in the data folder when others may enter it',
  async () => {
    const { home } = homeIn({ isPrivate: false })
    const lines: string[] = []
    const { stop } = await startEmbedded(home, (line) => lines.push(line))
    await stop()
    expect(lines).toEqual([])
    expect(lstatSync(join(home, 'postgres')).isDirectory()).toBe(true)
    expect(statSync(join(home, 'postgres')).uid).toBe(nobody().uid)
  },
)

test.runIf(isRoot)(
  'root in a folder only root may enter keeps the database elsewhere, says so once, and finds it again',
  async () => {
    const { home, folder } = homeIn({ isPrivate: true })
    const lines: string[] = []
    const first = await startEmbedded(home, (line) => lines.push(line))
    await first.stop()
    const store = dirname(readlinkSync(join(home, 'postgres')))
    expect(lines).toEqual([
      `PostgreSQL does not run as root and other users may not enter ${folder}: the database lives in ${store}`,
    ])
    expect(statSync(join(store, 'postgres')).uid).toBe(nobody().uid)
    const second = await startEmbedded(home, (line) => lines.push(line))
    await second.stop()
    expect(lines).toHaveLength(1)
    rmSync(store, { recursive: true })
    await expect(startEmbedded(home)).rejects.toThrow(/where .*postgres kept the database, is gone/)
  },
)

test.runIf(isRoot)('root whose node_modules others may not enter runs a copy of the binaries', async () => {
  const { home, folder } = homeIn({ isPrivate: false })
  mkdirSync(home, { mode: 0o755 })
  const hiddenFolder = mkdtempSync(join(folder, 'hidden-'))
  const { folder: native, version } = findBinaries()
  cpSync(native, join(hiddenFolder, 'native'), { recursive: true, verbatimSymlinks: true })
  chmodSync(join(hiddenFolder, 'native', 'share'), 0o700)
  const place = settle(home, () => {}, { folder: join(hiddenFolder, 'native'), version })
  expect(place.bin).toBe(join(home, `postgresql-${version}`, 'bin'))
  expect(obstacleTo(join(place.bin, 'postgres'), nobody(), true)).toBeUndefined()
  expect(obstacleTo(join(dirname(place.bin), 'share'), nobody(), true)).toBeUndefined()
})

test.runIf(isRoot)('anybody else runs PostgreSQL as themselves', async ({ skip }) => {
  if (obstacleTo(dirname(starter), nobody(), true))
    skip('other users may not enter the folder of these tests')
  const { home, folder } = homeIn({ isPrivate: false })
  chmodSync(folder, 0o777)
  const { code, output } = await runNode([starter, home], { cwd: '/', ...nobody() }).ended
  expect(output).toBe('it ran\n')
  expect(code).toBe(0)
  expect(statSync(home)).toMatchObject({
    uid: nobody().uid,
    mode: expect.toSatisfy((mode) => (mode & 0o777) === 0o700),
  })
})
