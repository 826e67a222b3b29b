import { type ReactNode, useState } from 'react'

export interface Column<Row> {
  readonly id: string
  readonly title: string
  readonly cell: (row: Row) => ReactNode
  /** What rows are put in order by; columns without it cannot be sorted. */
  readonly order?: (row: Row) => number | string
  readonly isNumber?: boolean
  /** On a phone, where each row is a card: left out there, or the card's title. */
  readonly phone?: 'hidden' | 'title'
}

interface TableProps<Row> {
  readonly caption: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
}

interface Sorting {
  readonly column: string
  readonly direction: 'ascending' | 'descending'
}

/** Rows under sortable heads on a wide screen, a card for each on a phone. */
export function Table<Row>({ caption, columns, rows, rowKey }: TableProps<Row>) {
  const [sorting, setSorting] = useState<Sorting>()
  const shown = sorted(rows, columns, sorting)
  const turn = (column: string) =>
    setSorting(
      sorting?.column === column && sorting.direction === 'descending'
        ? { column, direction: 'ascending' }
        : { column, direction: 'descending' },
    )
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls is reached with the keyboard, too
    <div tabIndex={0} className="min-w-0 overflow-x-auto">
      <table className="w-full text-sm max-sm:block">
        <caption className="sr-only">{caption}</caption>
        <thead className="text-xs text-muted max-sm:sr-only">
          <tr>
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                aria-sort={sorting?.column === column.id ? sorting.direction : undefined}
                className={`px-4 py-2 font-medium whitespace-nowrap ${column.isNumber ? 'text-right' : 'text-left'}`}
              >
                {column.order ? (
                  <button type="button" onClick={() => turn(column.id)} className="rounded hover:text-text">
                    {column.title}
                    <span aria-hidden="true" className="inline-block w-3">
                      {sorting?.column === column.id && (sorting.direction === 'ascending' ? '↑' : '↓')}
                    </span>
                  </button>
                ) : (
                  column.title
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line border-t border-line max-sm:block">
          {shown.map((row) => (
            <tr key={rowKey(row)} className="max-sm:block max-sm:px-4 max-sm:py-3">
              {columns.map((column) => (
                <Cell key={column.id} column={column} row={row} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Cell<Row>({ column, row }: { column: Column<Row>; row: Row }) {
  const { phone, isNumber, title, cell } = column
  const small =
    phone === 'hidden'
      ? 'max-sm:hidden'
      : phone === 'title'
        ? 'max-sm:block max-sm:p-0 max-sm:pb-1 max-sm:font-semibold'
        : 'max-sm:flex max-sm:justify-between max-sm:gap-4 max-sm:p-0 max-sm:py-0.5'
  return (
    <td className={`px-4 py-2.5 align-baseline ${isNumber ? 'sm:text-right' : ''} ${small}`}>
      {phone === undefined && (
        <span aria-hidden="true" className="text-xs text-muted sm:hidden">
          {title}
        </span>
      )}
      <span className="max-sm:text-right">{cell(row)}</span>
    </td>
  )
}

function sorted<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sorting: Sorting | undefined,
): readonly Row[] {
  const order = columns.find(({ id }) => id === sorting?.column)?.order
  if (!order || !sorting) return rows
  const direction = sorting.direction === 'ascending' ? 1 : -1
  return rows.toSorted((a, b) => {
    const [x, y] = [order(a), order(b)]
    return direction * (x < y ? -1 : x > y ? 1 : 0)
  })
}
