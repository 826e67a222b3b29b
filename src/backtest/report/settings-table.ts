import { words } from '../summary/format.ts'
import { dataTable } from './data-table.ts'
import { type Html, html } from './html.ts'
import type { Told } from './told.ts'

/** Everything the run was asked, value by value, so that it can be asked again. */
export function settingsTable({ run }: Told): Html {
  const rows = flat(run.settings).map(([name, value]) => [words(name), value])
  return html`<section aria-labelledby="settings"><h2 id="settings">Settings</h2>
<details><summary>All ${rows.length} values</summary>${dataTable({ label: 'Settings', head: ['Setting', 'Value'], rows })}</details></section>`
}

function flat(value: object, path = ''): [string, string][] {
  return Object.entries(value).flatMap(([key, each]): [string, string][] => {
    const name = path === '' ? key : `${path} › ${key}`
    const isGroup =
      each !== null && typeof each === 'object' && !Array.isArray(each) && Object.keys(each).length > 0
    return isGroup ? flat(each, name) : [[name, shown(name, each)]]
  })
}

function shown(name: string, value: unknown): string {
  if (value === null) return 'off'
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (typeof value === 'number' && name.endsWith('_ms'))
    return `${new Date(value).toISOString().slice(0, 16).replace('T', ' ')} UTC`
  if (Array.isArray(value) && value.every((each) => typeof each === 'string'))
    return value.join(', ') || 'none'
  return typeof value === 'string' ? value : JSON.stringify(value)
}
