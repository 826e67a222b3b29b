#!/usr/bin/env node
// Plain JavaScript that any Node can read: it looks for one that runs the rest, or says what to do.
import { spawn, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const needed = 24
const main = new URL('./src/cli/main.ts', import.meta.url)

function majorOf(version) {
  const match = /^v?(\d+)/.exec(version || '')
  return match ? Number(match[1]) : 0
}

/** The Node that npm installed beside Bullpen, when it is new enough. */
function bundledNode() {
  for (const place of ['./node_modules/node/bin/node', '../node/bin/node']) {
    const path = fileURLToPath(new URL(place, import.meta.url))
    if (majorOf(spawnSync(path, ['--version'], { encoding: 'utf8' }).stdout) >= needed) return path
  }
  return undefined
}

/** Becomes `node` in all but name: same arguments, same terminal, its signals passed on, its ending taken over. */
function become(node) {
  const child = spawn(node, [fileURLToPath(main)].concat(process.argv.slice(2)), { stdio: 'inherit' })
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']
  for (const signal of signals) process.on(signal, () => child.kill(signal))
  // npm passes a SIGTERM on to the shell between it and us alone: there, the loss of that parent is one.
  const parent = process.ppid
  if (process.env.npm_command)
    setInterval(() => process.ppid !== parent && child.kill('SIGTERM'), 250).unref()
  child.on('error', (error) => {
    console.error(`${node} does not run: ${error.message}`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code)
    for (const name of signals) process.removeAllListeners(name)
    process.kill(process.pid, signal)
  })
}

if (majorOf(process.version) >= needed) {
  await import(main.href)
} else {
  const node = bundledNode()
  if (node) become(node)
  else {
    console.error(
      `Bullpen needs Node ${needed}, and this is ${process.version}: run npm ci, which brings it along, or install Node ${needed}`,
    )
    process.exit(1)
  }
}
