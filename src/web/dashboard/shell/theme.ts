import { useState } from 'react'

/** Dark or light; `system` follows the device. */
export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const storageName = 'bullpen.theme'
const changedEvent = 'bullpen:theme'

function stored(): Theme {
  const text = localStorage.getItem(storageName)
  return themes.find((theme) => theme === text) ?? 'system'
}

/** Puts the page into the theme that was chosen on this device. */
export function applyTheme(): void {
  const theme = stored()
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
  const colour = getComputedStyle(document.documentElement).backgroundColor
  for (const meta of document.querySelectorAll<HTMLMetaElement>('meta[name=theme-color]'))
    if (theme !== 'system') meta.content = colour
  dispatchEvent(new Event(changedEvent))
}

/** The theme of this device, and how to choose another. */
export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(stored)
  return [
    theme,
    (chosen) => {
      localStorage.setItem(storageName, chosen)
      setTheme(chosen)
      applyTheme()
    },
  ]
}

/** Calls whoever paints by hand, such as a chart, when the page's colours have changed. */
export function onColoursChange(paint: () => void): () => void {
  const scheme = matchMedia('(prefers-color-scheme: dark)')
  scheme.addEventListener('change', paint)
  addEventListener(changedEvent, paint)
  return () => {
    scheme.removeEventListener('change', paint)
    removeEventListener(changedEvent, paint)
  }
}
