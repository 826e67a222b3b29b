/** Keeps the place of rows that are on their way. */
export function Waiting({ rows }: { rows: number }) {
  return (
    <div aria-hidden="true" className="space-y-3 px-4 py-4">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all alike
        <div key={row} className="h-10 animate-pulse rounded-lg bg-raised" />
      ))}
    </div>
  )
}
