import type { DeepPartial, TimeChartOptions, UTCTimestamp } from 'lightweight-charts'
import { fullTime } from './format.ts'

/** Reads one of the page's colours, such as '--accent', as the browser computes it for the current theme. */
export function colourOf(name: string): string {
  const probe = document.createElement('span')
  probe.style.color = `var(${name})`
  document.body.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}

/** The same colour, seen through. */
export function fade(rgb: string, alpha: number): string {
  return rgb.replace(/^rgb\((.*)\)$/, `rgba($1, ${alpha})`)
}

/** What every chart of the page has in common, in the colours of the current theme. */
export function chartLook(): DeepPartial<TimeChartOptions> {
  const accent = colourOf('--accent-solid')
  const line = colourOf('--line')
  return {
    layout: {
      background: { color: 'transparent' },
      textColor: colourOf('--muted'),
      fontFamily: getComputedStyle(document.body).fontFamily,
      fontSize: 11,
      attributionLogo: false, // it would need an inline style; the footer links to its makers
      panes: { separatorColor: line, separatorHoverColor: line, enableResize: false },
    },
    grid: { vertLines: { visible: false }, horzLines: { color: line } },
    rightPriceScale: { borderVisible: false, entireTextOnly: true },
    timeScale: { borderVisible: false, timeVisible: true },
    crosshair: { horzLine: { labelBackgroundColor: accent }, vertLine: { labelBackgroundColor: accent } },
    localization: { timeFormatter: (time: UTCTimestamp) => fullTime(time * 1_000) },
  }
}
