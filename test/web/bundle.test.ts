import { readdir, readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { buildDashboard } from '#src/web/dashboard/build.ts'
import { testWeb } from '../support/web.ts'

let files: { name: string; gzip: number }[]
let origin: string
let page: string

beforeAll(async () => {
  const built = await buildDashboard()
  origin = (await testWeb(built)).origin
  page = await readFile(path.join(built, 'index.html'), 'utf8')
  const folder = path.join(built, 'assets')
  const names = (await readdir(folder)).filter((name) => !name.endsWith('.gz'))
  files = await Promise.all(
    names.map(async (name) => ({ name, gzip: (await stat(path.join(folder, `${name}.gz`))).size })),
  )
}, 300_000)

const kB = (list: { gzip: number }[]) => list.reduce((sum, { gzip }) => sum + gzip, 0) / 1_000

test('the whole dashboard is less than 250 kB, compressed', () => {
  console.log(`the dashboard is ${kB(files).toFixed(1)} kB in ${files.length} files, compressed`)
  expect(kB(files)).toBeLessThan(250)
})

test('what every page needs is less than half of that: pages and charts come when they are opened', () => {
  const asked = [...page.matchAll(/(?:src|href)="\/assets\/([^"]+)"/g)].map(([, name]) => name)
  const first = files.filter(({ name }) => asked.includes(name))
  expect(first.length).toBeGreaterThan(2)
  expect(kB(first)).toBeLessThan(125)
  expect(first.some(({ name }) => name.startsWith('charts-'))).toBe(false)
})

test('files are sent packed to who takes that, the same as to who does not', async () => {
  for (const { name } of files) {
    const url = `${origin}/assets/${name}`
    const packed = await fetch(url, { headers: { 'accept-encoding': 'gzip' } })
    const plain = await fetch(url, { headers: { 'accept-encoding': 'identity' } })
    expect([packed, plain].map(({ headers }) => headers.get('content-encoding'))).toEqual(['gzip', null])
    expect(packed.headers.get('content-type')).toBe(plain.headers.get('content-type'))
    expect(packed.headers.get('vary')).toContain('accept-encoding')
    expect(packed.headers.get('cache-control')).toContain('immutable')
    expect(await packed.text()).toBe(await plain.text())
  }
})

test('a file that is not there is not answered with a page, whatever is asked for around it', async () => {
  for (const name of ['missing.js', '..%2findex.html', '%2e%2e/index.html', 'missing.js.gz'])
    expect((await fetch(`${origin}/assets/${name}`)).status).toBe(404)
})
