/** The page's style: one column that fits a telephone, light or dark as its reader has it. */
export const pageStyle = `
:root { color-scheme: light dark; --line: #d8dce2; --faint: #5c6470; --panel: #f5f7f9; --good: #197a3c; --bad: #c4221c; --void: #8a5d00;
  font: 15px/1.55 system-ui, sans-serif }
@media (prefers-color-scheme: dark) { :root { --line: #333a44; --faint: #9aa4b2; --panel: #1b2027; --good: #57d58a; --bad: #ff7b72;
  --void: #e3b341; background: #12161b; color: #e6e9ee } }
* { box-sizing: border-box }
body { max-width: 64rem; margin: 0 auto; padding: 2rem 1rem 4rem }
h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 } h2 { font-size: 1.15rem; margin: 2.5rem 0 .25rem }
p { margin: .4rem 0 1rem; max-width: 46rem } .faint { color: var(--faint) }
.verdict { border-left: 4px solid; padding: .5rem 0 .5rem .9rem; margin: 1.25rem 0; font-size: 1.1rem; font-weight: 600 }
.passed { color: var(--good) } .failed { color: var(--bad) } .void { color: var(--void) }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: .6rem; padding: 0; margin: 1rem 0; list-style: none }
.tiles li { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .55rem .75rem }
.tiles b { display: block; font-size: 1.35rem; line-height: 1.3; font-variant-numeric: tabular-nums } .tiles span { color: var(--faint); font-size: .85rem }
.scroll { overflow-x: auto } table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem }
th, td { text-align: left; vertical-align: top; padding: .35rem 1rem .35rem 0; border-bottom: 1px solid var(--line); overflow-wrap: break-word }
th { font-weight: 600; font-size: .85rem; color: var(--faint); overflow-wrap: normal } td:last-child, th:last-child { padding-right: 0 }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap } td.zero { color: var(--faint) } code { font-size: .9em }
.counts { display: grid; grid-template-columns: repeat(auto-fill, minmax(18rem, 1fr)); column-gap: 2.5rem; padding: 0; margin: .5rem 0 1rem; list-style: none }
.counts li { display: flex; align-items: baseline; gap: .6rem; padding: .25rem 0; border-bottom: 1px solid var(--line) }
.counts span { color: var(--faint); font-size: .85rem; overflow-wrap: anywhere } .counts b { margin-left: auto; font-weight: 400; font-variant-numeric: tabular-nums }
.counts b.zero { color: var(--faint) }
ul.findings, details ul { padding-left: 1.2rem; overflow-wrap: anywhere }
`
