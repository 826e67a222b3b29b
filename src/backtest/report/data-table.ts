import { type Content, type Html, html } from './html.ts'

/** A table whose first column names the row and whose others are figures; it scrolls by itself where it is too wide. */
export function dataTable(table: {
  readonly label: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly Content[])[]
}): Html {
  return html`<div class="card scroll" role="region" aria-label="${table.label}, table" tabindex="0"><table><thead><tr>${table.head.map(
    (name) => html`<th scope="col">${name}</th>`,
  )}</tr></thead><tbody>${table.rows.map(
    ([name, ...cells]) =>
      html`<tr><th scope="row">${name}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>`,
  )}</tbody></table></div>`
}
