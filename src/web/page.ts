import { Router } from 'express'

interface Page {
  readonly title: string
  /** Plain sentences. */
  readonly text: string
  readonly link?: { readonly href: string; readonly text: string }
  /** Asks the browser to load the page again after so many seconds. */
  readonly reloadSeconds?: number
}

/** A page without the dashboard, for when it is not built yet or not what was asked for. */
export function plainPage({ title, text, link, reloadSeconds }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${reloadSeconds === undefined ? '' : `<meta http-equiv="refresh" content="${reloadSeconds}">\n`}<title>${escaped(title)} · Bullpen</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/plain.css">
</head>
<body><main><p class="brand">Bullpen</p><h1>${escaped(title)}</h1><p>${escaped(text)}</p>${
    link ? `<p><a href="${escaped(link.href)}">${escaped(link.text)}</a></p>` : ''
  }</main></body>
</html>`
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

const css = `:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;font:1rem/1.6 system-ui,sans-serif;
background:light-dark(#f6f7f9,#0b0e14);color:light-dark(#171c26,#e6e9f0)}
main{max-width:26rem;padding:2rem}
h1{font-size:1.375rem;line-height:1.3;margin:.5rem 0}
p{margin:.5rem 0}
.brand{font-weight:650;color:light-dark(#5b6474,#98a2b3)}
a{color:inherit;text-underline-offset:.2em}
`

/** Serves the stylesheet of plain pages. */
export const plainStyles = Router().get('/plain.css', (_request, response) => {
  response.type('css').set('cache-control', 'public, max-age=3600').send(css)
})
