import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { build } from 'vite'

/** Bundles the dashboard into the folder that is the only argument. Run by build.ts in a process of its own. */
await build({
  configFile: false,
  envFile: false,
  root: import.meta.dirname,
  logLevel: 'error',
  plugins: [react(), tailwind()],
  build: {
    outDir: process.argv[2],
    emptyOutDir: true,
    // Inlined assets and the preload polyfill would need a looser content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    target: 'baseline-widely-available',
  },
})
