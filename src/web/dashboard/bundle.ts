import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { build } from 'vite'

const [, , folder = ''] = process.argv

/** Bundles the dashboard into the folder that is the only argument. Run by build.ts in a process of its own. */
await build({
  configFile: false,
  envFile: false,
  root: import.meta.dirname,
  logLevel: 'error',
  plugins: [react(), tailwind()],
  build: {
    outDir: folder,
    emptyOutDir: true,
    // Inlined assets and the preload polyfill would need a looser content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    target: 'baseline-widely-available',
    rolldownOptions: {
      output: {
        codeSplitting: {
          // What charts need comes with the first chart, what every page needs with the first page: dozens of small files
          // of shared parts would be packed worse, and asked for one by one.
          groups: [
            { name: 'charts', test: /lightweight-charts|fancy-canvas/ },
            { name: 'react', test: /node_modules\/(react|react-dom|scheduler|@tanstack)\// },
            { name: 'parts', test: /dashboard\/(parts\/(?!candle-chart|chart-look)|shell\/)/ },
          ],
        },
      },
    },
  },
})

// Packed once here instead of at every request: the web server hands these out to browsers that take them.
const assets = path.join(folder, 'assets')
for (const name of await readdir(assets)) {
  const packed = await promisify(gzip)(await readFile(path.join(assets, name)), { level: 9 })
  await writeFile(path.join(assets, `${name}.gz`), packed)
}
