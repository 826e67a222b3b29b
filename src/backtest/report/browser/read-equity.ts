/**
 * Runs in the page: shows the values of the equity curve under the pointer, and by arrow keys. Its text goes into the page, so it
 * may use nothing but itself.
 */
export function readEquity(): void {
  const plot = document.getElementById('equity-plot')
  const panes = plot?.querySelector<HTMLElement>('.panes')
  const hair = plot?.querySelector<HTMLElement>('.hair')
  const source = document.getElementById('equity-data')?.textContent
  if (!plot || !panes || !hair || !source) return
  const data: { time: number[]; equity: number[]; hold: number[]; depth: number[] } = JSON.parse(source)
  const places = [...plot.querySelectorAll<HTMLElement>('[data-read]')]
  const untouched = places.map(({ textContent }) => textContent)
  const from = data.time[0] ?? 0
  const width = (data.time.at(-1) ?? from) - from || 1
  let at = data.time.length - 1

  const number = (value: number | undefined) =>
    (value ?? 0)
      .toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
      .replace('-', '−')

  function show(place: number): void {
    at = Math.min(data.time.length - 1, Math.max(0, place))
    const time = data.time[at] ?? from
    const values: Record<string, string> = {
      equity: number(data.equity[at]),
      hold: number(data.hold[at]),
      depth: `${number(100 * (data.depth[at] ?? 0))} %`,
      time: `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    }
    for (const each of places) each.textContent = values[each.dataset.read ?? ''] ?? ''
    hair?.removeAttribute('hidden')
    if (hair) hair.style.left = `${(100 * (time - from)) / width}%`
    panes?.setAttribute('aria-valuenow', String(at))
    panes?.setAttribute(
      'aria-valuetext',
      `${values.time}: account ${values.equity}, ${values.depth} from its peak`,
    )
  }

  function leave(): void {
    for (const [i, each] of places.entries()) each.textContent = untouched[i] ?? ''
    hair?.setAttribute('hidden', '')
  }

  function nearest(time: number): number {
    const next = data.time.findIndex((each) => each >= time)
    if (next <= 0) return next === 0 ? 0 : data.time.length - 1
    return time - (data.time[next - 1] ?? 0) < (data.time[next] ?? 0) - time ? next - 1 : next
  }

  panes.addEventListener('pointermove', (event) => {
    const box = panes.getBoundingClientRect()
    show(nearest(from + (width * (event.clientX - box.left)) / box.width))
  })
  panes.addEventListener('pointerleave', leave)
  panes.addEventListener('blur', leave)
  panes.addEventListener('keydown', (event) => {
    const large = Math.ceil(data.time.length / 20)
    const steps: Record<string, number> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowDown: -1,
      ArrowUp: 1,
      PageDown: -large,
      PageUp: large,
      Home: -at,
      End: data.time.length,
    }
    const step = steps[event.key]
    if (step === undefined) return
    event.preventDefault()
    show(at + step)
  })
}
