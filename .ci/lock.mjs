// Takes the engines out of the lock file. npm compares them with the Node that installs, which may be older than the one
// that runs (Node 24 comes with the packages), and would warn a newcomer of what is no matter.
import { readFileSync, writeFileSync } from 'node:fs'

const file = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(file, 'utf8'))
for (const entry of Object.values(lock.packages)) delete entry.engines
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
