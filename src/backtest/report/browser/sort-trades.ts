/**
 * Runs in the page: sorts the trades by the column one clicks, and shows the first of them until all are asked for. Its text goes
 * into the page, so it may use nothing but itself.
 */
export function sortTrades(): void {
  const table = document.getElementById('trade-rows')
  const body = table?.querySelector('tbody')
  if (!table || !body) return
  const all = document.getElementById('all-trades')
  const heads = [...table.querySelectorAll('th')]
  let shown = Number(table.dataset.shown)

  function hideTheRest(): void {
    for (const [i, row] of [...(body?.rows ?? [])].entries()) row.hidden = i >= shown
  }

  function sortedBy(row: HTMLTableRowElement, column: number): string {
    return row.cells[column]?.dataset.by ?? ''
  }

  function sortBy(column: number, direction: 1 | -1): void {
    const rows = [...(body?.rows ?? [])]
    const isNumber = rows.every((row) => !Number.isNaN(Number(sortedBy(row, column))))
    rows.sort((one, other) => {
      const [a, b] = [sortedBy(one, column), sortedBy(other, column)]
      return direction * (isNumber ? Number(a) - Number(b) : a < b ? -1 : a > b ? 1 : 0)
    })
    body?.append(...rows)
    for (const [i, head] of heads.entries()) {
      if (i === column) head.setAttribute('aria-sort', direction === 1 ? 'ascending' : 'descending')
      else head.removeAttribute('aria-sort')
    }
    hideTheRest()
  }

  for (const [column, head] of heads.entries())
    head.querySelector('button')?.addEventListener('click', () => {
      sortBy(column, head.getAttribute('aria-sort') === 'ascending' ? -1 : 1)
    })
  all?.addEventListener('click', () => {
    shown = Number.POSITIVE_INFINITY
    hideTheRest()
    all.remove()
  })
  all?.removeAttribute('hidden')
  hideTheRest()
}
