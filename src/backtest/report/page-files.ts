import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

/** The stylesheet of a report. */
export function stylesheet(): string {
  return readFileSync(path.join(import.meta.dirname, 'report.css'), 'utf8')
}

/** The chart library as one script that defines `LightweightCharts`, with its licence at the top. */
export function chartLibrary(): string {
  const folder = path.dirname(createRequire(import.meta.url).resolve('lightweight-charts/package.json'))
  return readFileSync(path.join(folder, 'dist/lightweight-charts.standalone.production.js'), 'utf8')
}
