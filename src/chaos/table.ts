/** A cell: a number stands on the right, and a name that the program uses stands as code. */
export type Cell = string | number | { readonly code: string }

/** A table for the page; wider than a telephone, it scrolls by itself. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const numeric = head.map((_, i) => rows.length > 0 && rows.every((row) => isNumeric(row[i])))
  const header = head.map(
    (text, i) => `<th scope="col"${numeric[i] ? ' class="n"' : ''}>${escaped(text)}</th>`,
  )
  const body = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`)
  return `<div class="scroll"><table><thead><tr>${header.join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`
}

/** Numbers with what they are, side by side. */
export function tiles(
  entries: readonly { readonly label: string; readonly value: number; readonly isHarm: boolean }[],
) {
  const tile = ({ label, value, isHarm }: (typeof entries)[number]) =>
    `<li><b${isHarm ? ` class="${value === 0 ? 'passed' : 'failed'}"` : ''}>${grouped(value)}</b><span>${escaped(label)}</span></li>`
  return `<ul class="tiles">${entries.map(tile).join('')}</ul>`
}

/** Names with how often each was, in as many columns as there is room for. */
export function counts(
  entries: readonly { readonly name: string; readonly note?: string; readonly count?: number }[],
): string {
  const line = ({ name, note, count }: (typeof entries)[number]) =>
    [
      `<li><code>${escaped(name)}</code>`,
      ...(note === undefined ? [] : [`<span>${escaped(note)}</span>`]),
      ...(count === undefined ? [] : [`<b${count === 0 ? ' class="zero"' : ''}>${grouped(count)}</b>`]),
      '</li>',
    ].join('')
  return `<ul class="counts">${entries.map(line).join('')}</ul>`
}

/** Text that cannot be taken for markup. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

function cell(value: Cell): string {
  if (typeof value === 'object') return `<td><code>${escaped(value.code)}</code></td>`
  if (typeof value === 'string') return `<td>${escaped(value)}</td>`
  return `<td class="n${value === 0 ? ' zero' : ''}">${grouped(value)}</td>`
}

/** An empty cell stands in a column of numbers without making it one of words. */
function isNumeric(value: Cell | undefined): boolean {
  return typeof value === 'number' || value === '' || value === '–'
}

function grouped(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 3 })
}
